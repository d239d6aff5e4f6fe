"""IAM's types have no region: the home region records and evaluates them, and no other."""

import json
from pathlib import Path

import pytest

from settings.errors import SettingsError
from settings.load import load
from tests.modules.aws_config.test_regions import monitoring
from tests.support.example import file
from tests.support.resources import Document, of_type
from tests.support.variants import stack

RULES = """
[managed_rules.iam-user-no-policies]
identifier = "IAM_USER_NO_POLICIES_CHECK"
severity = "LOW"
category = "identity"
resource_types = ["AWS::IAM::User"]

[managed_rules.tagged]
unchecked = true
identifier = "REQUIRED_TAGS"
severity = "LOW"
category = "configuration"
resource_types = ["AWS::IAM::Role", "AWS::S3::Bucket"]
parameters = {tag1Key = "Owner"}
"""
WITH = ("[state]", f"{RULES}[state]")
HOME, AWAY = "eu-west-1", "eu-central-1"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return stack(tmp_path_factory.mktemp("global"), WITH, monitoring(HOME, AWAY))


def rules_of(document: Document, region: str) -> list[Document]:
    return [each for each in of_type(document, "aws_config_config_rule").values() if each["region"] == region]


def scopes(document: Document, region: str) -> dict[str, list[str]]:
    rules = rules_of(document, region)
    return {each["name"].removesuffix("-test-ew1"): each["scope"]["compliance_resource_types"] for each in rules}


def test_only_the_home_region_evaluates_them(document: Document) -> None:
    home, away = scopes(document, HOME), scopes(document, AWAY)
    assert home["iam-user-no-policies"] == ["AWS::IAM::User"]
    assert home.keys() - away.keys() == {"iam-user-no-policies"}
    assert home["tagged"] == ["AWS::IAM::Role", "AWS::S3::Bucket"]
    assert away["tagged"] == ["AWS::S3::Bucket"]


def test_only_the_home_region_records_them(document: Document) -> None:
    recorders = of_type(document, "aws_config_configuration_recorder").values()
    recorded = {each["region"]: set(each["recording_group"]["resource_types"]) for each in recorders}
    assert recorded[HOME] - recorded[AWAY] == {"AWS::IAM::Role", "AWS::IAM::User"}
    assert recorded[AWAY] < recorded[HOME]


def test_only_rules_of_a_region_are_forwarded_from_it(document: Document) -> None:
    rules = of_type(document, "aws_cloudwatch_event_rule").values()
    patterns = [json.loads(each["event_pattern"])["detail"] for each in rules if each.get("region") == AWAY]
    (names,) = [each["configRuleName"] for each in patterns if "configRuleName" in each]
    assert "tagged-test-ew1" in names
    assert "iam-user-no-policies-test-ew1" not in names


def refusals(folder: Path, *changes: tuple[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load(file(folder, WITH, *changes))
    return str(refused.value).splitlines()


def test_a_home_region_that_is_not_monitored_is_refused(tmp_path: Path) -> None:
    first, second = refusals(tmp_path, monitoring(AWAY))
    assert 'managed_rules.iam-user-no-policies.resource_types = ["AWS::IAM::User"]' in first
    assert "AWS::IAM::User: evaluated in the home region only, but eu-west-1 is not monitored" in first
    assert "allowed: eu-west-1 in monitored_regions, or no such type" in first
    assert "managed_rules.tagged.resource_types" in second


def test_a_home_region_in_which_config_does_not_record_them_is_refused(tmp_path: Path) -> None:
    place = ('home_region = "eu-west-1"', 'home_region = "eu-central-2"')
    first, *_ = [line for line in refusals(tmp_path, place) if "AWS Config does not record" in line]
    assert "AWS Config does not record AWS::IAM::Role in the home region eu-central-2" in first
    assert "allowed: no such type, or another home_region" in first


ROOT = """
[managed_rules.root-mfa]
identifier = "ROOT_ACCOUNT_MFA_ENABLED"
severity = "LOW"
category = "identity"
[managed_rules.guard-duty]
identifier = "GUARDDUTY_ENABLED_CENTRALIZED"
severity = "LOW"
category = "logging"
[state]"""


def test_what_an_account_has_once_is_evaluated_in_the_home_region(tmp_path: Path) -> None:
    settings = load(file(tmp_path, ("[state]", ROOT), monitoring(HOME, AWAY)))
    assert {"root-mfa", "guard-duty"} < settings.rules_in(HOME).keys()
    assert "guard-duty" in settings.rules_in(AWAY) and "root-mfa" not in settings.rules_in(AWAY)
    document = stack(tmp_path / "stack", ("[state]", ROOT), monitoring(HOME, AWAY))
    assert "root-mfa-test-ew1" not in {each["name"] for each in rules_of(document, AWAY)}


def test_what_an_account_has_once_needs_the_home_region(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="the account: evaluated in the home region only") as refused:
        load(file(tmp_path, ("[state]", ROOT), monitoring(AWAY)))
    assert "guard-duty" not in str(refused.value)


PACK = """
[conformance_packs.p]
template = "p.yaml"
severity = "LOW"
category = "identity"
[state]"""
TEMPLATE = """
Resources:
  Root:
    Type: AWS::Config::ConfigRule
    Properties: {ConfigRuleName: root, Source: {Owner: AWS, SourceIdentifier: ROOT_ACCOUNT_MFA_ENABLED}}
  Logging:
    Type: AWS::Config::ConfigRule
    Properties: {ConfigRuleName: logging, Source: {Owner: AWS, SourceIdentifier: S3_BUCKET_LOGGING_ENABLED}}
"""


def test_a_pack_s_rule_that_can_be_evaluated_nowhere_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(TEMPLATE)
    settings = load(file(tmp_path, ("[state]", PACK), monitoring(AWAY)))
    assert "logging" in settings.catalogue and "root" not in settings.catalogue
    assert any("root is not taken over: the account: evaluated in the home" in each for each in settings.notes)
