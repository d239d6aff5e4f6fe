"""Condition blocks of IAM policies.

A key that the request lacks fails a positive operator and passes a negated one; `IfExists` passes it in both. Operators
of one block are joined by "and", values of one key by "or" (for negated operators by "none of").
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
"""Whether a value of the request meets a value of the policy."""


class UndecidableError(ComplianceMonitorError, ValueError):
    """The simulation does not support a part of a policy: nothing is allowed on a guess."""


def glob(pattern: str, value: str) -> bool:
    """IAM's wildcards: * for any text, ? for any one character."""
    return _compiled(pattern).fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def refuse_variables(texts: Iterable[str]) -> None:
    """Raises UndecidableError if a text of a policy has a policy variable in it."""
    for text in texts:
        if "${" in text:
            raise UndecidableError(f"policy variable in {text!r}: not known to the simulation")


def _like(value: str, pattern: str) -> bool:
    return glob(pattern, value)


def _number(compare: Callable[[float, float], bool]) -> Test:
    return lambda value, wanted: compare(float(value), float(wanted))


POSITIVE: dict[str, Test] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
    "NumericEquals": _number(lambda value, wanted: value == wanted),
    "NumericLessThan": _number(lambda value, wanted: value < wanted),
    "NumericLessThanEquals": _number(lambda value, wanted: value <= wanted),
    "NumericGreaterThan": _number(lambda value, wanted: value > wanted),
    "NumericGreaterThanEquals": _number(lambda value, wanted: value >= wanted),
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
    """Returns whether the request's context meets every condition; raises UndecidableError for what is not known."""
    # Condition keys are the same whatever their capitals.
    known = {key.lower(): value for key, value in context.items()}
    return all(
        _holds(operator, known.get(key.lower()), _texts(wanted))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, value: Value | None, wanted: list[str]) -> bool:
    if operator == "Null":
        return any((value is None) == (text == "true") for text in wanted)
    quantifier, _, inner = operator.rpartition(":")
    if quantifier in ("ForAllValues", "ForAnyValue"):
        values = (value,) if isinstance(value, str) else value or ()
        quantified = all if quantifier == "ForAllValues" else any
        return quantified(_one(inner, each, wanted) for each in values)
    if quantifier or isinstance(value, tuple):
        raise UndecidableError(
            f"condition operator {operator}: unknown, or without ForAllValues on a key of many values"
        )
    return _one(operator, value, wanted)


def _one(operator: str, value: str | None, wanted: list[str]) -> bool:
    base = operator.removesuffix("IfExists")
    if base in POSITIVE:
        return operator != base if value is None else any(POSITIVE[base](value, text) for text in wanted)
    if base in NEGATED:
        return value is None or not any(NEGATED[base](value, text) for text in wanted)
    raise UndecidableError(f"condition operator {operator} is not known to the simulation")


def _texts(wanted: Any) -> list[str]:
    listed = wanted if isinstance(wanted, list) else [wanted]
    texts = [str(each).lower() if isinstance(each, bool) else str(each) for each in listed]
    refuse_variables(texts)
    return texts
