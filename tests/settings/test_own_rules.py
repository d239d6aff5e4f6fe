"""The system's own rules and AWS's can be switched off, and have the severity that the settings say."""

from pathlib import Path

import pytest

from handlers.common.model import exclusion, waiver
from handlers.common.model import managed_rules as managed
from handlers.common.model.rule import Severity
from handlers.rules import RULES
from settings.load import load
from tests.settings.test_waivers import environment, granted
from tests.support.example import RDS, S3, file, problems
from tests.support.resources import of_type
from tests.support.variants import stack

NO_TYPES = ('approved_instance_types = ["m7i.large"]', "enabled = false")
CRITICAL = ("#KEYS", 'severity = "CRITICAL"')
VERSIONING = """
[managed_rules.versioning]
enabled = false
identifier = "S3_BUCKET_VERSIONING_ENABLED"
severity = "LOW"
category = "resilience"
[state]"""


def test_a_disabled_rule_is_not_deployed_and_neither_is_its_remediation(tmp_path: Path) -> None:
    document = stack(tmp_path, NO_TYPES, ("[state]", VERSIONING))
    rules = {found["name"] for found in of_type(document, "aws_config_config_rule").values()}
    assert rules == {f"{RDS}-test-ew1", f"{S3}-test-ew1"}
    functions = {found["function_name"] for found in of_type(document, "aws_lambda_function").values()}
    assert "remediate-s3-encryption-test-ew1" in functions and "remediate-ec2-stop-test-ew1" not in functions
    (recorder,) = of_type(document, "aws_config_configuration_recorder").values()
    assert "AWS::EC2::Instance" not in recorder["recording_group"]["resource_types"]


def test_functions_know_the_enabled_rules_with_their_severities(tmp_path: Path) -> None:
    settings = load(file(tmp_path, NO_TYPES, CRITICAL, ("[state]", VERSIONING)))
    assert list(settings.catalogue) == [RDS, S3]
    carried = managed.from_json(managed.to_json(settings.catalogue.values()), RULES.values())
    assert {rule.name: rule.severity for rule in carried} == {RDS: Severity.HIGH, S3: Severity.CRITICAL}


def test_a_waiver_of_a_disabled_rule_stays_where_it_is_and_has_no_effect(tmp_path: Path) -> None:
    path = environment(tmp_path)
    granted(tmp_path)
    assert load(path).granted
    path.write_text(path.read_text().replace("#KEYS", "enabled = false").replace('mode = "plan"', 'mode = "off"'))
    assert not load(path).granted


def test_an_environment_without_any_rule_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, NO_TYPES, ("minimum_days = 7", "enabled = false"), ("#KEYS", "enabled = false"))
    path.write_text(path.read_text().replace('mode = "plan"', 'mode = "off"'))
    [line] = problems(path)
    assert "rules: no rule is enabled" in line


EXCLUDE = (
    "#KEYS",
    """
[[rules.s3-bucket-default-encryption-kms.exclude]]
reason = "sandboxes hold no data"
tags = {stage = "sandbox"}
[[rules.s3-bucket-default-encryption-kms.exclude]]
reason = "moves next year"
resource = {region = "eu-west-1", type = "AWS::S3::Bucket", id = "ledger"}
""",
)
MANAGED = (
    "[state]",
    VERSIONING.replace("enabled = false", 'exclude = [{reason = "scratch", tags = {stage = "x"}}]'),
)


def test_functions_know_what_is_excluded(tmp_path: Path) -> None:
    settings = load(file(tmp_path, EXCLUDE, MANAGED))
    found = waiver.from_json(waiver.to_json(settings.exclusions), exclusion.Exclusion)
    assert {(each.rule, each.reason, bool(each.tags)) for each in found} == {
        (S3, "sandboxes hold no data", True),
        (S3, "moves next year", False),
        ("versioning", "scratch", True),
    }
    assert len({each.id for each in found}) == 3 and all(each.id.startswith(exclusion.PREFIX) for each in found)
    again = (EXCLUDE[0], EXCLUDE[1].replace("moves next year", "moved already"))
    renamed = load(file(tmp_path, again, MANAGED)).exclusions
    assert {each.id for each in renamed} == {each.id for each in found}


def test_functions_may_look_for_tags_where_an_exclusion_names_some(tmp_path: Path) -> None:
    document = stack(tmp_path, EXCLUDE)
    rights = of_type(document, "aws_iam_role_policy").values()
    assert any("config:SelectAggregateResourceConfig" in found["policy"] for found in rights)


WRONG = [
    ('tags = {stage = "sandbox"}', "", "exclude[0].resource: neither a resource nor tags; allowed: either"),
    ('reason = "moves next year"', "", "exclude[1].reason: missing"),
    ('id = "ledger"', 'id = "arn:aws:s3:::ledger"', "exclude[1].resource.id = "),
    ('region = "eu-west-1"', 'region = "eu-west-2"', "not a monitored region; allowed: eu-west-1"),
    ("AWS::S3::Bucket", "AWS::S3::Object", "exclude[1].resource.type = "),
    ("stage =", "stag'e =", "TOML"),
    ("tags =", "tag =", "exclude[0].tag = "),
    (
        'resource = {region = "eu-west-1", type = "AWS::S3::Bucket", id = "ledger"}',
        'tags = {stage = "sandbox"}',
        "exclude[1]: duplicate exclusion",
    ),
    (
        'tags = {stage = "sandbox"}',
        'resource = {region = "eu-west-1", type = "AWS::S3::Bucket", id = "ledger", account = "111122223333"}',
        "exclude[1]: duplicate exclusion",
    ),
]
NOWHERE = """
[managed_rules.root-mfa]
identifier = "ROOT_ACCOUNT_MFA_ENABLED"
severity = "LOW"
category = "identity"
exclude = [{reason = "x", resource = {region = "eu-central-1", type = "AWS::::Account", id = "nonsense"}}]
[state]"""


@pytest.mark.parametrize(("old", "new", "words"), WRONG, ids=[each[2][:40] for each in WRONG])
def test_what_would_exclude_nothing_is_refused(old: str, new: str, words: str, tmp_path: Path) -> None:
    assert old in EXCLUDE[1]
    found = problems(file(tmp_path, (EXCLUDE[0], EXCLUDE[1].replace(old, new))))
    assert any(words in line for line in found), found


def test_an_exclusion_is_where_the_rule_is_evaluated_and_of_the_account_itself(tmp_path: Path) -> None:
    regions = ("#TOP", 'monitored_regions = ["eu-west-1", "eu-central-1"]')
    id, region = problems(file(tmp_path, regions, ("[state]", NOWHERE)))
    assert 'exclude[0].resource.id = "nonsense": not the account\'s id; allowed: 111122223333' in id
    assert "the rule is not evaluated there; allowed: eu-west-1" in region
