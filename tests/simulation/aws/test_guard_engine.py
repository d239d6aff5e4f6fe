import pytest

from simulation.aws import guard_engine as guard
from tests.support.items import evaluate


def test_policy_that_does_not_parse_is_an_error() -> None:
    with pytest.raises(guard.GuardError):
        guard.evaluate({}, "rule x {")


def test_truncated_output_of_the_engine_is_a_violation() -> None:
    approved = tuple(f"m{number}.large" for number in range(400))
    item = {"resourceType": "AWS::EC2::Instance", "configuration": {"instanceType": "c5.large"}}
    assert evaluate("ec2-instance-type-approved", item, approved_instance_types=approved) == "NON_COMPLIANT"
    item["configuration"] = {"instanceType": "m7.large"}
    assert evaluate("ec2-instance-type-approved", item, approved_instance_types=approved) == "COMPLIANT"


@pytest.mark.parametrize("status", [None, "", "OK", "ResourceDiscovered"])
def test_every_status_but_deleted_is_evaluated(status: str | None) -> None:
    item = {
        "resourceType": "AWS::EC2::Instance",
        "configurationItemStatus": status,
        "configuration": {"instanceType": "c5.large", "state": {"name": None}},
    }
    assert evaluate("ec2-instance-type-approved", item) == "NON_COMPLIANT"
