from pathlib import Path
from typing import Any

import pytest

from settings.conformance_pack.constraints import TemplateError
from settings.conformance_pack.rules import Pack, PackSettings, read_pack

RULE = """
Resources:
  R:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: r
      Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED}
      Scope: {ComplianceResourceTypes: ['AWS::S3::Bucket']}
"""
KEYS = RULE.replace("S3_BUCKET_VERSIONING_ENABLED", "ACCESS_KEYS_ROTATED").replace("S3::Bucket", "IAM::User")
TAGS = RULE.replace("S3_BUCKET_VERSIONING_ENABLED", "REQUIRED_TAGS")
CONDITIONAL = RULE.replace("R:\n", "R:\n    Condition: C\n")


def read_text(folder: Path, text: str, **changes: Any) -> Pack:
    (folder / "pack.yaml").write_text(text)
    return read_pack(
        folder / "pack.yaml",
        PackSettings.model_validate({"template": "x", "severity": "LOW", "category": "logging"} | changes),
    )


@pytest.mark.parametrize("value", ["true", "False", "3389", "0600", "22:30", "2026-01-01", "''"])
def test_a_parameter_is_the_text_that_stands_in_the_template(value: str, tmp_path: Path) -> None:
    direct = read_text(tmp_path, f"{TAGS}      InputParameters: {{tag1Key: {value}}}")
    by_default = read_text(
        tmp_path, f"Parameters: {{P: {{Default: {value}}}}}{TAGS}      InputParameters: {{tag1Key: !Ref P}}"
    )
    assert direct.rules["r"].parameters == by_default.rules["r"].parameters == {"tag1Key": value.strip("'")}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("!Sub '${P}'", "owner"),
        ("!Sub 'cost-${ P }-${!P}'", "cost-owner-${P}"),
        ("{'Fn::Sub': ['${A}/${P}', {A: !Ref P}]}", "owner/owner"),
    ],
)
def test_fn_sub_takes_parameters_and_variables(value: str, expected: str, tmp_path: Path) -> None:
    template = f"Parameters: {{P: {{Default: owner}}}}{TAGS}      InputParameters: {{tag1Key: {value}}}"
    assert read_text(tmp_path, template).rules["r"].parameters == {"tag1Key": expected}


def test_any_frequency_but_six_hours_is_reported(tmp_path: Path) -> None:
    rule = f'{KEYS}      InputParameters: {{maxAccessKeyAge: "90"}}\n'
    for frequency in ("One_Hour", "Twelve_Hours"):
        pack = read_text(tmp_path, f"{rule}      MaximumExecutionFrequency: {frequency}")
        assert (pack.rules["r"].periodic, pack.notes) == (
            True,
            [f"r is evaluated every six hours instead of {frequency}"],
        )
    assert read_text(tmp_path, f"{rule}      MaximumExecutionFrequency: Six_Hours").notes == []


LEFT_OUT = [
    (f"{TAGS}      InputParameters: {{tag1Key: !Sub '${{AWS::Region}}'}}", "Fn::Sub 'AWS::Region' is not a parameter"),
    (f"{TAGS}      InputParameters: {{tag1Key: !Sub [a]}}", "Fn::Sub of ['a'] is not a string"),
    (f"{TAGS}      InputParameters: {{tag1Key: !Sub ['${{A}}', {{A: [b]}}]}}", "A of Fn::Sub is not a string"),
    (f'{RULE}      InputParameters: \'{{"x": "1"}}\'', "its InputParameters is not a mapping"),
    (f"{RULE}      InputParameters: {{x: [a, b]}}", "x = ['a', 'b'] is not a string"),
    (f"{RULE}      InputParameters: {{x: {{Ref: P, y: z}}}}", "Ref cannot be resolved here: write the value into"),
    (
        RULE.replace("'AWS::S3::Bucket']", "'AWS::S3::Bucket'], TagKey: t"),
        "its scope has TagKey, which is not",
    ),
    (
        CONDITIONAL + "Conditions: {C: !Equals [a, b]}",
        "its condition C is false",
    ),
    (CONDITIONAL + "Conditions: {C: !Not [!Condition C]}", "is circular"),
    (CONDITIONAL, "condition 'C' is not declared"),
    (RULE.replace(": r\n", ": é\n"), "its name has no letters a to z and no digits"),
    (RULE.replace("S3_BUCKET_VERSIONING_ENABLED", "AWS_CONFIG_PROCESS_CHECK"), "it is a process check"),
    (
        f"Parameters: {{P: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /p}}}}{RULE}"
        "      InputParameters: {x: !Ref P}",
        "parameter P has no value: set it under parameters",
    ),
]


@pytest.mark.parametrize(("text", "note"), LEFT_OUT, ids=[each[1][:30] for each in LEFT_OUT])
def test_what_would_be_another_rule_here_is_left_out(text: str, note: str, tmp_path: Path) -> None:
    pack = read_text(tmp_path, text)
    assert pack.rules == {}
    assert len(pack.notes) == 1
    assert pack.notes[0].startswith("R is not taken over: ") and note in pack.notes[0]


def test_a_resource_whose_condition_holds_is_taken_over(tmp_path: Path) -> None:
    text = CONDITIONAL + "Conditions: {C: !Equals [a, a]}"
    assert list(read_text(tmp_path, text).rules) == ["r"]


def test_conditions_that_name_others_twice_are_worked_out_once_each(tmp_path: Path) -> None:
    chain = "".join(f"\n  C{n}: !And [!Condition C{n + 1}, !Condition C{n + 1}]" for n in range(40))
    text = CONDITIONAL.replace("Condition: C", "Condition: C0") + f"Conditions:{chain}\n  C40: !Equals [a, a]"
    assert list(read_text(tmp_path, text).rules) == ["r"]


def test_a_pack_may_have_more_parameters_than_one_rule(tmp_path: Path) -> None:
    names = [f"SomeConfigRuleParamMaximumAgeInDays{number}" for number in range(40)]
    declared = "".join(f"\n  {name}: {{Type: String}}" for name in names)
    text = f"Parameters:{declared}{TAGS}      InputParameters: {{tag1Key: !Ref {names[-1]}}}"
    assert read_text(tmp_path, text, parameters=dict.fromkeys(names, "90")).rules["r"].parameters == {"tag1Key": "90"}


def test_trigger_and_types_are_those_that_aws_knows(tmp_path: Path) -> None:
    """A template may leave a scope out, or give one to a periodic rule, or name what the rule does not evaluate."""
    elb = RULE.replace("S3_BUCKET_VERSIONING_ENABLED", "ELB_LOGGING_ENABLED")
    without_scope = "\n".join(line for line in elb.splitlines() if "Scope" not in line)
    found = read_text(tmp_path, without_scope).rules["r"]
    assert (found.periodic, len(found.resource_types)) == (False, 2)
    keys = f'{KEYS}      InputParameters: {{maxAccessKeyAge: "90"}}\n'
    assert read_text(tmp_path, keys).rules["r"].periodic
    other = read_text(tmp_path, RULE.replace("'AWS::S3::Bucket'", "'AWS::S3::Bucket', 'AWS::EC2::VPC'"))
    assert other.rules["r"].resource_types == ("AWS::S3::Bucket",)
    assert other.notes == ["r does not evaluate AWS::EC2::VPC of its scope"]


def test_a_rule_that_the_catalogue_lacks_is_taken_as_it_stands_and_said(tmp_path: Path) -> None:
    pack = read_text(tmp_path, RULE.replace("S3_BUCKET_VERSIONING_ENABLED", "RULE_OF_TOMORROW"))
    assert (pack.rules["r"].unchecked, pack.rules["r"].periodic) == (True, False)
    assert "RULE_OF_TOMORROW is not in the catalogue" in pack.notes[0]


def with_parameter(folder: Path, constraint: str, **given: str) -> Pack:
    declared = f"Parameters: {{P: {{Type: String, {constraint}}}}}"
    return read_text(folder, f"{declared}{TAGS}      InputParameters: {{tag1Key: !Ref P}}", parameters=given)


CONSTRAINED = [
    ("AllowedValues: [Owner, Team]", "Owner", "owner", "allowed: Owner, Team"),
    ("AllowedPattern: '[A-Z][a-z]+'", "Owner", "owner", "matches of [A-Z][a-z]+"),
    ("MinLength: 2, MaxLength: 5", "Owner", "Owners", "allowed: 2 to 5 characters"),
    ("MaxValue: 90", "90", "91", "allowed: any to 90"),
    ("MinValue: 1", "1", "none", "allowed: 1 to any"),
]


@pytest.mark.parametrize(("constraint", "right", "wrong", "words"), CONSTRAINED, ids=[each[0] for each in CONSTRAINED])
def test_a_parameter_keeps_to_its_constraints(
    constraint: str, right: str, wrong: str, words: str, tmp_path: Path
) -> None:
    assert with_parameter(tmp_path, constraint, P=right).rules["r"].parameters == {"tag1Key": right}
    with pytest.raises(TemplateError, match=r"rejects P = ") as refused:
        with_parameter(tmp_path, constraint, P=wrong)
    assert words in str(refused.value)
    with pytest.raises(TemplateError):
        with_parameter(tmp_path, f"{constraint}, Default: {wrong}")


@pytest.mark.parametrize("null", ["null", "~", "", "Null"])
def test_null_is_no_value(null: str, tmp_path: Path) -> None:
    pack = read_text(tmp_path, f"{TAGS}      InputParameters:\n        tag1Key: {null}\n")
    assert (pack.rules, len(pack.notes)) == ({}, 1)
    assert "null is not allowed in a template" in pack.notes[0]
    quoted = read_text(tmp_path, f"{TAGS}      InputParameters:\n        tag1Key: '{null}'\n")
    assert quoted.rules["r"].parameters == {"tag1Key": null}
