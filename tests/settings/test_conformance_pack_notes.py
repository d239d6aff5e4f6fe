"""What a template says that has no meaning here is noted."""

from pathlib import Path

from settings.conformance_pack.rules import Pack, combined, read_pack
from settings.load import load
from tests.settings.test_conformance_pack import settings
from tests.support.example import file, problems

ONE = """
Resources:
  A:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: a
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED}
"""


def test_each_key_that_has_no_meaning_here_is_noted(tmp_path: Path) -> None:
    template = tmp_path / "keys.yaml"
    template.write_text(
        """
Resources:
  A:
    Type: AWS::Config::ConfigRule
    DependsOn: B
    Properties:
      ConfigRuleName: a
      Description: words
      EvaluationModes: [{Mode: PROACTIVE}]
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED, SourceDetails: [{MessageType: x}]}
  B:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: b
      Description: words
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_LOGGING_ENABLED}
  C:
    <<: {Type: AWS::Config::ConfigRule}
    Properties: {}
"""
    )
    assert read_pack(template, settings()).notes == [
        "C is not taken over: CloudFormation does not support merge keys (<<): write all keys",
        "DependsOn of 1 rule is ignored",
        "Properties.Description of 2 rules is ignored",
        "Properties.EvaluationModes of 1 rule is ignored",
        "Properties.Source.SourceDetails of 1 rule is ignored",
    ]


def test_an_override_excludes_resources(tmp_path: Path) -> None:
    template = tmp_path / "p.yaml"
    template.write_text(ONE)
    exclude = [{"reason": "scratch", "tags": {"stage": "sandbox"}}]
    pack = read_pack(template, settings(rules={"a": {"exclude": exclude, "severity": "CRITICAL"}}))
    [found] = pack.rules["a"].exclude
    assert (found.reason, dict(found.tags), pack.rules["a"].severity) == ("scratch", {"stage": "sandbox"}, "CRITICAL")


def test_of_two_that_are_the_same_the_exclusions_of_both_count(tmp_path: Path) -> None:
    template = tmp_path / "p.yaml"
    template.write_text(ONE)

    def with_tag(stage: str) -> Pack:
        return read_pack(template, settings(rules={"a": {"exclude": [{"reason": "x", "tags": {"stage": stage}}]}}))

    [same] = combined(with_tag("sandbox").rules, with_tag("scratch")).values()
    assert [dict(each.tags) for each in same.exclude] == [{"stage": "sandbox"}, {"stage": "scratch"}]


def test_a_type_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    template = tmp_path / "p.yaml"
    template.write_text(ONE.rstrip() + "\n      Scope: {ComplianceResourceTypes: [{a: b}]}\n")
    [note] = read_pack(template, settings()).notes
    assert "A is not taken over: its scope has {'a': 'b'} as a type: write a string" in note


DISABLED = """
[managed_rules.mine]
enabled = false
identifier = "S3_BUCKET_VERSIONING_ENABLED"
severity = "LOW"
category = "logging"
[conformance_packs.p]
template = "p.yaml"
severity = "LOW"
category = "logging"
[state]"""


def test_a_disabled_rule_takes_none_of_a_pack_but_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(ONE)
    found = load(file(tmp_path, ("[state]", DISABLED)))
    assert "a" in found.catalogue and "mine" not in found.catalogue
    (tmp_path / "p.yaml").write_text(ONE.replace("ConfigRuleName: a", "ConfigRuleName: mine"))
    [line] = problems(file(tmp_path, ("[state]", DISABLED)))
    assert "a rule with this name exists" in line
