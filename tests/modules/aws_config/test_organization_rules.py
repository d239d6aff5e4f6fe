import json
from pathlib import Path

import pytest

from tests.support.resources import Document, of_type
from tests.support.variants import stack

ORGANIZATION = 'aggregator = "organization"\norganization = {id = "o-abcdefghij", excluded_accounts = ["999988887777"]}'


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    regions = 'monitored_regions = ["eu-west-1", "eu-central-1"]\n'
    return stack(tmp_path_factory.mktemp("organization"), ("#TOP", regions + ORGANIZATION))


def test_rules_go_to_every_other_account_but_the_excluded(document: Document) -> None:
    rules = of_type(document, "aws_config_organization_custom_policy_rule").values()
    assert len(rules) == 6
    for rule in rules:
        assert rule["excluded_accounts"] == ["111122223333", "999988887777"]
        assert rule["trigger_types"] == [
            "ConfigurationItemChangeNotification",
            "OversizedConfigurationItemChangeNotification",
        ]
        assert rule["resource_types_scope"]
        assert rule["timeouts"] == {"create": "60m", "delete": "60m", "update": "60m"}
    plain = {found["name"] for found in of_type(document, "aws_config_config_rule").values()}
    assert {rule["name"] for rule in rules} == plain, "this account has them as plain rules, which it can evaluate"


def test_the_aggregator_reads_the_organization_with_a_role_of_its_own(document: Document) -> None:
    (aggregator,) = of_type(document, "aws_config_configuration_aggregator").values()
    source = aggregator["organization_aggregation_source"]
    assert source["regions"] == ["eu-central-1", "eu-west-1"]
    assert "account_aggregation_source" not in aggregator
    assert not of_type(document, "aws_config_aggregate_authorization")
    attached = {found["policy_arn"] for found in of_type(document, "aws_iam_role_policy_attachment").values()}
    assert "arn:aws:iam::aws:policy/service-role/AWSConfigRoleForOrganizations" in attached


def test_members_of_the_organization_may_put_events_and_no_one_else(document: Document) -> None:
    (permission,) = of_type(document, "aws_cloudwatch_event_permission").values()
    assert permission["condition"] == {"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-abcdefghij"}


def patterns(document: Document) -> dict[str, Document]:
    rules = of_type(document, "aws_cloudwatch_event_rule").values()
    return {found["name"]: json.loads(found["event_pattern"]) for found in rules if "event_pattern" in found}


def test_changes_in_members_are_processed_and_not_remediated(document: Document) -> None:
    found = patterns(document)
    names = found["process-on-change-test-ew1"]["detail"]["configRuleName"]
    assert {"prefix": "OrgConfigRule-s3-bucket-default-encryption-kms-test-ew1-"} in names
    assert "account" not in found["process-on-change-test-ew1"]
    remediation = found["remediate-s3-encryption-on-change-test-ew1"]
    assert remediation["account"] == remediation["detail"]["awsAccountId"] == ["111122223333"]


def test_without_an_organization_there_is_nothing_of_it(tmp_path: Path) -> None:
    plain = stack(tmp_path)
    assert not [
        kind for kind in plain["resource"] if "organization" in kind or kind == "aws_cloudwatch_event_permission"
    ]
