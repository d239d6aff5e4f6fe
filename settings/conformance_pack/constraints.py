"""What a template's parameter may be: its own constraints, which CloudFormation enforces.

Source: AWS CloudFormation User Guide, "Parameters", syntax.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError


class TemplateError(ComplianceMonitorError, ValueError):
    """A file that is no template, or a parameter that it does not take; the message says where and why."""


class UnknownParameterError(TemplateError):
    """A parameter that the template does not declare; `allowed` are those that it does."""

    def __init__(self, name: str, allowed: str) -> None:
        self.name = name
        self.allowed = allowed
        super().__init__(f"has no parameter {name}; it has {allowed}")


def check(name: str, value: str, declared: Any) -> None:
    """Raises TemplateError if the parameter does not take a value, its own default included."""
    if not isinstance(declared, Mapping):
        return
    allowed = declared.get("AllowedValues")
    if isinstance(allowed, list) and value not in allowed:
        raise _refused(name, value, ", ".join(map(str, allowed)))
    pattern = declared.get("AllowedPattern")
    if isinstance(pattern, str) and not _matches(pattern, value):
        raise _refused(name, value, f"what matches {pattern}")
    _check_size(name, value, declared)


def _check_size(name: str, value: str, declared: Mapping[str, Any]) -> None:
    for limit, measured in (("Length", Decimal(len(value))), ("Value", _number(value))):
        least, most = _number(declared.get(f"Min{limit}")), _number(declared.get(f"Max{limit}"))
        if least is None and most is None:
            continue
        if measured is None or (least is not None and measured < least) or (most is not None and measured > most):
            bounds = " to ".join(str(each) if each is not None else "any" for each in (least, most))
            raise _refused(name, value, f"{bounds}{' characters' if limit == 'Length' else ''}")


def _matches(pattern: str, value: str) -> bool:
    """Returns a pattern that Python does not know, of Java's, is left to CloudFormation."""
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
    return TemplateError(f"does not take {name} = {value!r:.80}: it takes {allowed:.200}")
