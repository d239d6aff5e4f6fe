"""Evaluation results from the API of AWS Config, where every member is optional (AWS Config API Reference)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError

TIMES = ("ConfigRuleInvokedTime", "ResultRecordedTime")


class MalformedResultError(ComplianceMonitorError, ValueError):
    """A result without a resource, a compliance type, or any time."""


@dataclass(frozen=True)
class Result:
    """The latest evaluation result of one resource, by type and id, under one rule."""

    resource: tuple[str, str]
    compliance_type: str
    ordering: datetime
    recorded: datetime
    invoked: datetime

    @classmethod
    def of(cls, result: Any) -> "Result":
        """Returns an EvaluationResult or AggregateEvaluationResult; raises MalformedResultError.

        A missing time is replaced by another time of the result.
        """
        identifier = result.get("EvaluationResultIdentifier") or {}
        ordering = identifier.get("OrderingTimestamp")
        invoked, recorded = (result.get(name) for name in TIMES)
        known = next((time for time in (recorded, invoked, ordering) if time is not None), None)
        if known is None or not result.get("ComplianceType"):
            raise MalformedResultError(f"evaluation result of AWS Config without a compliance type or time: {result}")
        return cls(
            resource=resource_of(result),
            compliance_type=result["ComplianceType"],
            ordering=ordering or known,
            recorded=recorded or known,
            invoked=invoked or known,
        )


def resource_of(result: Mapping[str, Any]) -> tuple[str, str]:
    """Returns type and id of the evaluated resource; raises MalformedResultError."""
    qualifier = (result.get("EvaluationResultIdentifier") or {}).get("EvaluationResultQualifier") or {}
    kind, identity = qualifier.get("ResourceType"), qualifier.get("ResourceId")
    if not kind or not identity:
        raise MalformedResultError(f"evaluation result of AWS Config without a resource: {result}")
    return kind, identity
