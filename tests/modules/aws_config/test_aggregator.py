import pytest

from modules.aws_config.aggregator import Aggregator
from tests.support.workbench import Workbench

REGIONS = {"eu-west-1": None, "eu-central-1": None}


def test_an_account_authorizes_the_home_region_in_every_other(workbench: Workbench) -> None:
    Aggregator(workbench.stack, "aggregator", deployment=workbench.deployment, regions=REGIONS)
    made = workbench.one("aws_config_configuration_aggregator")
    source = {"account_ids": ["111122223333"], "regions": sorted(REGIONS)}
    assert (made["name"], made["account_aggregation_source"]) == ("aggregator-dev-ew1", source)
    authorizations = workbench.all("aws_config_aggregate_authorization")
    assert {each["authorized_aws_region"] for each in authorizations} == {"eu-west-1"}
    assert len(authorizations) == len(made["depends_on"]) == 2


def test_an_organization_s_aggregator_has_a_role_and_no_authorizations(workbench: Workbench) -> None:
    Aggregator(
        workbench.stack, "aggregator", deployment=workbench.deployment, regions=REGIONS, organization=True
    ).grant_read(workbench.function)
    made = workbench.one("aws_config_configuration_aggregator")
    assert made["organization_aggregation_source"]["regions"] == sorted(REGIONS)
    attached = workbench.one("aws_iam_role_policy_attachment")["policy_arn"]
    assert attached == "arn:aws:iam::aws:policy/service-role/AWSConfigRoleForOrganizations"
    assert workbench.all("aws_config_aggregate_authorization") == []
    assert "config:DescribeAggregateComplianceByConfigRules" in workbench.granted()["ReadAggregator"]["Action"]


@pytest.mark.parametrize("counts", [True, False])
def test_permissions_name_the_aggregator(workbench: Workbench, counts: bool) -> None:
    aggregator = Aggregator(workbench.stack, "aggregator", deployment=workbench.deployment, regions=REGIONS)
    aggregator.grant_items(workbench.function)
    aggregator.grant_select(workbench.function)
    aggregator.grant_violations(workbench.function, counts=counts)
    found = workbench.granted()
    for sid in ("ReadItems", "FindTagged", "ReadViolations"):
        [resource] = found[sid]["Resource"]
        assert resource.startswith("${aws_config_configuration_aggregator.") and resource.endswith(".arn}")
    assert len(found["ReadViolations"]["Action"]) == 1 + counts
