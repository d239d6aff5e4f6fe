"""Condition blocks of IAM policies.

Without the key in the request, a positive operator is not met and a negated one is; with `IfExists` both are. Operators
of one block are joined by AND, values of one key by OR (by NOR for negated operators).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError

Value = str | tuple[str, ...]
"""The value of a condition key; a tuple for a multivalued key."""

Context = Mapping[str, Value]

Test = Callable[[str, str], bool]
"""Returns whether a value of the request meets a value of the policy."""


class UndecidableError(ComplianceMonitorError, ValueError):
    """The simulation does not support a part of a policy, and does not guess."""


def glob(pattern: str, value: str) -> bool:
    """Returns whether a value matches a pattern with IAM's wildcards: * for any text, ? for any one character."""
    return _compiled(pattern).fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def refuse_variables(texts: Iterable[str]) -> None:
    """Raises UndecidableError if a text contains a policy variable."""
    for text in texts:
        if "${" in text:
            raise UndecidableError(f"policy variable in {text!r}: not supported by the simulation")


def _like(value: str, pattern: str) -> bool:
    return glob(pattern, value)


def _number(compare: Callable[[float, float], bool]) -> Test:
    return lambda value, expected: compare(float(value), float(expected))


POSITIVE: dict[str, Test] = {
    "StringEquals": lambda value, expected: value == expected,
    "StringEqualsIgnoreCase": lambda value, expected: value.lower() == expected.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda value, expected: value.lower() == expected.lower(),
    "NumericEquals": _number(lambda value, expected: value == expected),
    "NumericLessThan": _number(lambda value, expected: value < expected),
    "NumericLessThanEquals": _number(lambda value, expected: value <= expected),
    "NumericGreaterThan": _number(lambda value, expected: value > expected),
    "NumericGreaterThanEquals": _number(lambda value, expected: value >= expected),
}

NEGATED: dict[str, Test] = {
    "StringNotEquals": POSITIVE["StringEquals"],
    "StringNotEqualsIgnoreCase": POSITIVE["StringEqualsIgnoreCase"],
    "StringNotLike": _like,
    "ArnNotEquals": _like,
    "ArnNotLike": _like,
    "NumericNotEquals": POSITIVE["NumericEquals"],
}


def met(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Returns whether the request's context meets every condition; raises UndecidableError."""
    # Condition keys are case-insensitive.
    values_by_key = {key.lower(): value for key, value in context.items()}
    return all(
        _is_met(operator, values_by_key.get(key.lower()), _texts(expected))
        for operator, keys in conditions.items()
        for key, expected in keys.items()
    )


def _is_met(operator: str, value: Value | None, expected: list[str]) -> bool:
    if operator == "Null":
        return any((value is None) == (text == "true") for text in expected)
    quantifier, _, inner = operator.rpartition(":")
    if quantifier in ("ForAllValues", "ForAnyValue"):
        values = (value,) if isinstance(value, str) else value or ()
        quantified = all if quantifier == "ForAllValues" else any
        return quantified(_compare(inner, each, expected) for each in values)
    if quantifier or isinstance(value, tuple):
        raise UndecidableError(
            f"condition operator {operator}: not supported, or without ForAllValues on a multivalued key"
        )
    return _compare(operator, value, expected)


def _compare(operator: str, value: str | None, expected: list[str]) -> bool:
    base = operator.removesuffix("IfExists")
    if base in POSITIVE:
        return operator != base if value is None else any(POSITIVE[base](value, text) for text in expected)
    if base in NEGATED:
        return value is None or not any(NEGATED[base](value, text) for text in expected)
    raise UndecidableError(f"condition operator {operator} is not supported by the simulation")


def _texts(expected: Any) -> list[str]:
    listed = expected if isinstance(expected, list) else [expected]
    texts = [str(each).lower() if isinstance(each, bool) else str(each) for each in listed]
    refuse_variables(texts)
    return texts
