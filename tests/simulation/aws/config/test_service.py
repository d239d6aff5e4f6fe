from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount
from simulation.aws.config.item import Item
from simulation.aws.config.service import RecorderOffError

RULE = "ec2-instance-type-approved-dev-ew1"


class Account:
    """A deployed account with the given items as resources, and the events of AWS Config."""

    def __init__(self, cloud: SimulatedAccount, items: list[Item]) -> None:
        self.cloud = cloud
        self.items = items
        self.events: list[dict[str, Any]] = []
        cloud.config._emit = self.events.append

    def record(self) -> list[tuple[str, str]]:
        """Returns the details of the events of one recording."""
        self.events.clear()
        self.cloud.config.record(self.cloud.region)
        results = [(event["detail"]["resourceId"], event["detail"]["newEvaluationResult"]) for event in self.events]
        return [(identity, result["complianceType"]) for identity, result in results]


def instance(identity: str, instance_type: str = "t3.micro", readable: bool = True) -> Item:
    kind = "AWS::EC2::Instance"
    document = {
        "resourceType": kind,
        "resourceId": identity,
        "configurationItemStatus": "OK",
        "configuration": {"instanceType": instance_type},
    }
    return Item(kind, identity, document, readable)


@pytest.fixture
def account(deployed: SimulatedAccount) -> Account:
    items: list[Item] = []
    deployed.config.inventory = lambda _region: list(items)
    return Account(deployed, items)


def test_change_of_compliance_is_reported_once(account: Account) -> None:
    account.items[:] = [instance("i-1"), instance("i-2", "c5.large")]
    assert account.record() == [("i-1", "COMPLIANT"), ("i-2", "NON_COMPLIANT")]
    assert account.record() == []
    account.cloud.config.start_evaluation("eu-west-1", [RULE])
    (started,) = account.events
    assert started["detail-type"] == "Config Rules Re-evaluation Status"
    assert started["detail"]["configRuleNames"] == [RULE]
    account.events.clear()
    account.items[:] = [instance("i-1", "c5.large"), instance("i-2", "c5.large")]
    assert account.record() == [("i-1", "NON_COMPLIANT")]


def test_first_result_has_no_old_result(account: Account) -> None:
    account.items[:] = [instance("i-1")]
    account.record()
    assert "oldEvaluationResult" not in account.events[0]["detail"]
    account.items[:] = [instance("i-1", "c5.large")]
    account.record()
    assert account.events[0]["detail"]["oldEvaluationResult"]["complianceType"] == "COMPLIANT"


def test_deleted_resource_is_not_applicable_and_not_discovered(account: Account) -> None:
    account.items[:] = [instance("i-1", "c5.large")]
    account.record()
    account.items.clear()
    assert account.record() == [("i-1", "NOT_APPLICABLE")]
    assert account.cloud.config.discovered("eu-west-1", "AWS::EC2::Instance") == []


def test_unreadable_item_is_discovered_and_never_evaluated(account: Account) -> None:
    account.items[:] = [instance("i-1", readable=False)]
    assert account.record() == []
    assert len(account.cloud.config.discovered("eu-west-1", "AWS::EC2::Instance")) == 1


def test_nothing_is_recorded_without_a_started_recorder(cloud: SimulatedAccount) -> None:
    with pytest.raises(RecorderOffError, match="eu-west-1"):
        cloud.config.record("eu-west-1")


def test_pages_have_the_requested_size_and_the_first_may_be_empty(account: Account) -> None:
    account.items[:] = [instance(f"i-{number}") for number in range(250)]
    account.record()
    config = account.cloud.client("config")
    call: dict[str, Any] = {
        "ConfigurationAggregatorName": "aggregator-dev-ew1",
        "ConfigRuleName": RULE,
        "AccountId": "111122223333",
        "AwsRegion": "eu-west-1",
        "Limit": 100,
    }
    sizes = []
    while True:
        page = config.get_aggregate_compliance_details_by_config_rule(**call)
        sizes.append(len(page["AggregateEvaluationResults"]))
        if "NextToken" not in page:
            break
        call["NextToken"] = page["NextToken"]
    assert sizes == [0, 100, 100, 50]


def test_unknown_rule_and_aggregator_raise_the_errors_of_aws(account: Account) -> None:
    config = account.cloud.client("config")
    with pytest.raises(config.exceptions.NoSuchConfigRuleException):
        config.start_config_rules_evaluation(ConfigRuleNames=["nowhere"])
    with pytest.raises(config.exceptions.NoSuchConfigurationAggregatorException):
        config.list_aggregate_discovered_resources(
            ConfigurationAggregatorName="nowhere", ResourceType="AWS::S3::Bucket", Filters={"Region": "eu-west-1"}
        )
