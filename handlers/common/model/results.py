"""AWS Config's results as its API answers them. Every member is optional there (AWS Config API Reference)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError

TIMES = ("ConfigRuleInvokedTime", "ResultRecordedTime")


class MalformedResultError(ComplianceMonitorError, ValueError):
    """A result without what it is about, what it says, or any time."""


@dataclass(frozen=True)
class Result:
    """Config's latest word on one resource, by type and id, under one rule."""

    resource: tuple[str, str]
    compliance_type: str
    ordering: datetime
    recorded: datetime
    invoked: datetime

    @classmethod
    def of(cls, found: Any) -> "Result":
        """Returns an EvaluationResult or AggregateEvaluationResult; raises MalformedResultError.

        A time that is missing is taken from the others.
        """
        identifier = found.get("EvaluationResultIdentifier") or {}
        ordering = identifier.get("OrderingTimestamp")
        invoked, recorded = (found.get(name) for name in TIMES)
        known = next((time for time in (recorded, invoked, ordering) if time is not None), None)
        if known is None or not found.get("ComplianceType"):
            raise MalformedResultError(f"AWS Config gives a result without a compliance type or any time: {found}")
        return cls(
            resource=resource_of(found),
            compliance_type=found["ComplianceType"],
            ordering=ordering or known,
            recorded=recorded or known,
            invoked=invoked or known,
        )


def resource_of(found: Mapping[str, Any]) -> tuple[str, str]:
    """Type and id of the resource that a result is about; raises MalformedResultError."""
    qualifier = (found.get("EvaluationResultIdentifier") or {}).get("EvaluationResultQualifier") or {}
    kind, identity = qualifier.get("ResourceType"), qualifier.get("ResourceId")
    if not kind or not identity:
        raise MalformedResultError(f"AWS Config gives a result that names no resource: {found}")
    return kind, identity
