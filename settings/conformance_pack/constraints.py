"""Constraints of a template's parameters, as in CloudFormation.

Source: AWS CloudFormation User Guide, "Parameters", syntax.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError


class TemplateError(ComplianceMonitorError, ValueError):
    """A file is not a template, or a parameter is invalid; the message has the reason."""


class UnknownParameterError(TemplateError):
    """A parameter is not declared in the template; `allowed` lists the declared ones."""

    def __init__(self, name: str, allowed: str) -> None:
        self.name = name
        self.allowed = allowed
        super().__init__(f"has no parameter {name}; allowed: {allowed}")


def check(name: str, value: str, declared: Any) -> None:
    """Raises TemplateError if a value, given or default, is invalid for the parameter."""
    if not isinstance(declared, Mapping):
        return
    allowed = declared.get("AllowedValues")
    if isinstance(allowed, list) and value not in allowed:
        raise _refused(name, value, ", ".join(map(str, allowed)))
    pattern = declared.get("AllowedPattern")
    if isinstance(pattern, str) and not _matches(pattern, value):
        raise _refused(name, value, f"matches of {pattern}")
    _check_size(name, value, declared)


def _check_size(name: str, value: str, declared: Mapping[str, Any]) -> None:
    for limit, measured in (("Length", Decimal(len(value))), ("Value", _number(value))):
        low, high = _number(declared.get(f"Min{limit}")), _number(declared.get(f"Max{limit}"))
        if low is None and high is None:
            continue
        if measured is None or (low is not None and measured < low) or (high is not None and measured > high):
            bounds = " to ".join(str(each) if each is not None else "any" for each in (low, high))
            raise _refused(name, value, f"{bounds}{' characters' if limit == 'Length' else ''}")


def _matches(pattern: str, value: str) -> bool:
    """Returns whether a value matches, or true for Java patterns that only CloudFormation can check."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def _number(text: Any) -> Decimal | None:
    try:
        found = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def _refused(name: str, value: str, allowed: str) -> TemplateError:
    return TemplateError(f"rejects {name} = {value!r:.80}: allowed: {allowed:.200}")
