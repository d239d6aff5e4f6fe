"""Condition blocks of IAM policies.

A key that the request lacks fails a positive operator and passes a negated one; `IfExists` passes it in both. Operators
of one block are joined by "and", values of one key by "or" (for negated operators by "none of").
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Test = Callable[[str, str], bool]
"""Whether a value of the request meets a value of the policy."""


class UndecidableError(ValueError):
    """A policy holds something whose meaning the simulation does not know: nothing is allowed on a guess."""


def _like(value: str, pattern: str) -> bool:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(escaped, value, re.DOTALL) is not None


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


def met(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    """Whether the request's context meets every condition; raises UndecidableError for an unknown operator."""
    # Condition keys are the same whatever their capitals.
    known = {key.lower(): value for key, value in context.items()}
    return all(
        _one(operator, known.get(key.lower()), [wanted] if not isinstance(wanted, list) else wanted)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _one(operator: str, value: str | None, wanted: list[Any]) -> bool:
    texts = [_text(each) for each in wanted]
    if any("${" in text for text in texts):
        raise UndecidableError(f"policy variable in a condition {operator}: not known to the simulation")
    if operator == "Null":
        return any((value is None) == (text == "true") for text in texts)
    base = operator.removesuffix("IfExists")
    if base in POSITIVE:
        if value is None:
            return operator != base
        return any(POSITIVE[base](value, text) for text in texts)
    if base in NEGATED:
        return value is None or not any(NEGATED[base](value, text) for text in texts)
    raise UndecidableError(f"condition operator {operator} is not known to the simulation")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
