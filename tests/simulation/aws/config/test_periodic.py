"""Periodic rules: AWS Config evaluates them on a schedule, from the present resources."""

from datetime import datetime, timedelta

import pytest

from handlers.common.model.events import COMPLIANT, NON_COMPLIANT
from simulation.aws.account import SimulatedAccount
from simulation.aws.config.inventory import item
from simulation.aws.config.item import Item
from simulation.demo import samples
from tests.conftest import START

DAX, RULE = "AWS::DAX::Cluster", "dax"


@pytest.fixture
def items() -> list[Item]:
    return [item("111122223333", "eu-west-1", name, DAX, name, name, {}, {}) for name in ("plain", "violating")]


@pytest.fixture
def cloud(items: list[Item]) -> SimulatedAccount:
    return SimulatedAccount("111122223333", "eu-west-1", START, lambda _region: list(items))


def deploy(cloud: SimulatedAccount) -> None:
    source = {"Owner": "AWS", "SourceIdentifier": "DAX_ENCRYPTION_ENABLED"}
    rule = {"ConfigRuleName": RULE, "Source": source, "MaximumExecutionFrequency": "Six_Hours"}
    cloud.client("config").put_config_rule(ConfigRule=rule)
    cloud.config.stand_in = samples.result


def results(cloud: SimulatedAccount) -> dict[str, str]:
    return {key[1]: found.compliance_type for key, found in cloud.config.results("eu-west-1", RULE).items()}


def invoked(cloud: SimulatedAccount) -> set[datetime]:
    return {found.invoked.replace(microsecond=0) for found in cloud.config.results("eu-west-1", RULE).values()}


def test_rule_is_evaluated_without_a_recorder_every_six_hours(cloud: SimulatedAccount, items: list[Item]) -> None:
    with cloud:
        deploy(cloud)
        cloud.config.evaluate_periodic("eu-west-1")
        assert results(cloud) == {"plain": COMPLIANT, "violating": NON_COMPLIANT}
        items.append(item("111122223333", "eu-west-1", "new", DAX, "new", "new", {}, {}))
        cloud.clock.advance(timedelta(hours=5))
        cloud.config.evaluate_periodic("eu-west-1")
        assert "new" not in results(cloud) and len(invoked(cloud)) == 1
        cloud.clock.advance(timedelta(hours=1))
        cloud.config.evaluate_periodic("eu-west-1")
        assert results(cloud)["new"] == COMPLIANT
        assert min(invoked(cloud)) >= START + timedelta(hours=6)


def test_deleted_resource_is_not_applicable(cloud: SimulatedAccount, items: list[Item]) -> None:
    with cloud:
        deploy(cloud)
        cloud.config.evaluate_periodic("eu-west-1")
        items.clear()
        cloud.clock.advance(timedelta(hours=6))
        cloud.config.evaluate_periodic("eu-west-1")
        assert set(results(cloud).values()) == {"NOT_APPLICABLE"}


def test_rule_without_a_stand_in_has_no_result_and_one_message(cloud: SimulatedAccount) -> None:
    with cloud:
        deploy(cloud)
        cloud.config.stand_in = type(cloud.config)("1", cloud.clock, lambda _: [], print).stand_in
        cloud.config.evaluate_periodic("eu-west-1")
        assert results(cloud) == {}
        [said] = cloud.config.undecided
        assert "no stand-in for AWS's rule DAX_ENCRYPTION_ENABLED" in said
