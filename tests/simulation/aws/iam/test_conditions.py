from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.aws.iam.conditions import NEGATED, POSITIVE, UndecidableError, met


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringLike", "a*", "abc", True),
        ("StringNotLike", "a*", "abc", False),
        ("ArnLike", "arn:aws:sns:*:1:x", "arn:aws:sns:r:1:x", True),
        ("ArnEquals", "arn:aws:sns:r:1:x", "arn:aws:sns:r:1:y", False),
        ("ArnNotLike", "arn:aws:sns:*", "arn:aws:sqs:r", True),
        ("Bool", "true", "true", True),
        ("Bool", False, "true", False),
        ("NumericLessThan", "5", "4", True),
        ("NumericLessThan", "5", "5", False),
        ("NumericGreaterThanEquals", 5, "5", True),
        ("NumericNotEquals", "5", "5", False),
        ("Null", "true", "x", False),
        ("Null", "false", "x", True),
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
        ("ForAllValues:StringEquals", "a", ("a", "c"), False),
        ("ForAnyValue:StringEquals", "a", ("a", "c"), True),
        ("ForAnyValue:StringEquals", "a", ("b", "c"), False),
        ("ForAllValues:StringEquals", "a", "a", True),
    ],
)
def test_operators(operator: str, wanted: Any, value: Any, expected: bool) -> None:
    assert met({operator: {"aws:Key": wanted}}, {"aws:Key": value}) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        *((each, False) for each in POSITIVE),
        *((f"{each}IfExists", True) for each in POSITIVE),
        *((each, True) for each in NEGATED),
        *((f"{each}IfExists", True) for each in NEGATED),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
    ],
)
def test_condition_key_that_is_missing_in_the_request(operator: str, expected: bool) -> None:
    assert met({operator: {"aws:Key": "1"}}, {}) is expected


def test_null_tests_whether_the_key_exists() -> None:
    assert met({"Null": {"aws:Key": "true"}}, {})
    assert not met({"Null": {"aws:Key": "false"}}, {})


@pytest.mark.parametrize("operator", ["DateLessThan", "ForEach:StringEquals", "stringequals", "IpAddress"])
def test_unsupported_operator_is_rejected(operator: str) -> None:
    with pytest.raises(UndecidableError, match=operator):
        met({operator: {"aws:Key": "1"}}, {"aws:Key": "1"})


def test_multivalued_key_requires_a_quantifier() -> None:
    with pytest.raises(UndecidableError, match="ForAllValues"):
        met({"StringEquals": {"aws:Key": "a"}}, {"aws:Key": ("a",)})


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["x", "y"])))
def test_all_conditions_must_be_met(context: dict[str, str]) -> None:
    conditions = {"StringEquals": {"A": "x", "b": "y"}}
    assert met(conditions, context) == (context.get("a") == "x" and context.get("b") == "y")
