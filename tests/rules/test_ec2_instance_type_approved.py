from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.items import evaluate

RULE = "ec2-instance-type-approved"


def instance(status: str | None = "OK", kind: str = "AWS::EC2::Instance", **configuration: Any) -> dict[str, Any]:
    item = {"resourceType": kind, "configurationItemStatus": status, "configuration": configuration}
    return {key: value for key, value in item.items() if value is not None}


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [
        ("m7i.large", "COMPLIANT"),
        ("t3.nano", "COMPLIANT"),
        ("xt3.nano", "NON_COMPLIANT"),
        ("", "NON_COMPLIANT"),
        (None, "NON_COMPLIANT"),
        (7, "NON_COMPLIANT"),
        ([], "NON_COMPLIANT"),
        (["m7i.large"], "NON_COMPLIANT"),
    ],
)
def test_evaluates_by_exact_type_and_family(instance_type: Any, expected: str) -> None:
    assert evaluate(RULE, instance(instanceType=instance_type, state={"name": "running"})) == expected


@pytest.mark.parametrize(
    "item", [instance(), instance(state={"name": "running"}), instance(status=None, instanceType="c5.large")]
)
def test_what_is_missing_never_makes_it_compliant(item: dict[str, Any]) -> None:
    assert evaluate(RULE, item) == "NON_COMPLIANT"


def test_item_without_a_configuration_is_never_compliant() -> None:
    item = {"resourceType": "AWS::EC2::Instance", "configurationItemStatus": "OK"}
    assert evaluate(RULE, item) == evaluate(RULE, item | {"configuration": None}) == "NON_COMPLIANT"


FAMILIES = st.sampled_from(["t3", "t3a", "m7i", "m7i-flex", "u-6tb1", "mac2-m2pro", "x"])
TYPES = st.tuples(FAMILIES, st.sampled_from(["nano", "large", "2xlarge", "metal-48xl"])).map(".".join)
APPROVED = st.lists(TYPES | FAMILIES.map("{}.*".format), min_size=1, max_size=5).map(tuple)


@given(TYPES, APPROVED)
def test_exactly_what_is_listed_is_approved(instance_type: str, approved: tuple[str, ...]) -> None:
    listed = instance_type in approved or f"{instance_type.partition('.')[0]}.*" in approved
    expected = "COMPLIANT" if listed else "NON_COMPLIANT"
    assert evaluate(RULE, instance(instanceType=instance_type), approved_instance_types=approved) == expected
