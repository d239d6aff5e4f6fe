"""Typed views of EventBridge events, with errors for malformed ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from handlers.common.runtime import clock
from handlers.common.runtime.errors import ComplianceMonitorError

COMPLIANCE_CHANGE = "Config Rules Compliance Change"
CONFIG_SOURCE = "aws.config"
MISSED_CHANGE = "Missed Compliance Change"
REPORT_CONTINUATION = "Report Continuation"
OWN_SOURCE = "compliance-monitor"
CHANGE_MESSAGE = "ComplianceChangeNotification"
COMPLIANT = "COMPLIANT"
NON_COMPLIANT = "NON_COMPLIANT"
NOT_APPLICABLE = "NOT_APPLICABLE"
COMPLIANCE_TYPES = (COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE)

# AWS Config limits a resource id to 768 characters; no other member is longer.
LONGEST_TEXT = 768

TOLERANCE = timedelta(minutes=15)
"""Maximum time by which a timestamp of AWS Config may be ahead of a function's clock."""


class MalformedEventError(ComplianceMonitorError, ValueError):
    """An event with a missing or invalid member, which `message` may quote."""

    def __init__(self, message: str) -> None:
        # JSON escapes can produce lone surrogates, which UTF-8, and so records and logs, cannot encode.
        super().__init__(message.encode(errors="backslashreplace").decode())


class FutureEventError(ComplianceMonitorError, ValueError):
    """An event with a time in the future: in the findings table it would outrank every change until then."""


class ForeignAccountError(ComplianceMonitorError, ValueError):
    """An event about an account that this system does not monitor."""


@dataclass(frozen=True)
class ComplianceChange:
    """The evaluation result of one resource under one Config rule, from "Config Rules Compliance Change".

    `order` sorts results by time. The ordering timestamp of AWS Config is not enough: after a rule's parameters change,
    the same configuration item is evaluated again under the same ordering timestamp.
    """

    event_id: str
    account: str
    region: str
    config_rule_name: str
    resource_type: str
    resource_id: str
    compliance_type: str
    observed_at: str
    order: str

    @classmethod
    def from_event(cls, event: Any, monitors: Callable[[str], bool]) -> Self:
        """Returns the change in an event.

        Raises MalformedEventError, FutureEventError, or ForeignAccountError if `monitors` is false for the account.
        """
        account = text_of(event, "detail", "awsAccountId")
        if not monitors(account):
            raise ForeignAccountError(f"the event is about account {account}, which this system does not monitor")
        result = ("detail", "newEvaluationResult")
        qualifier = (*result, "evaluationResultIdentifier", "evaluationResultQualifier")
        ordering = time_of(event, *result, "evaluationResultIdentifier", "orderingTimestamp")
        recorded = time_of(event, *result, "resultRecordedTime")
        check_past(ordering, recorded)
        compliance_type = text_of(event, *result, "complianceType")
        if compliance_type not in COMPLIANCE_TYPES:
            raise MalformedEventError(f"complianceType {compliance_type!r} is not one of {', '.join(COMPLIANCE_TYPES)}")
        return cls(
            event_id=text_of(event, "id"),
            account=account,
            region=text_of(event, "detail", "awsRegion"),
            config_rule_name=text_of(event, *qualifier, "configRuleName"),
            resource_type=text_of(event, *qualifier, "resourceType"),
            resource_id=text_of(event, *qualifier, "resourceId"),
            compliance_type=compliance_type,
            observed_at=clock.stamp(recorded),
            order=f"{clock.stamp(ordering)}/{clock.stamp(recorded)}",
        )

    def log_fields(self) -> dict[str, str]:
        """Returns the fields of every log line about this change."""
        return {
            "config_rule": self.config_rule_name,
            "account": self.account,
            "resource_region": self.region,
            "resource_type": self.resource_type,
            "resource_id": self.resource_id,
            "compliance_type": self.compliance_type,
        }


def check_past(*moments: datetime) -> None:
    """Raises FutureEventError if a time is in the future by more than TOLERANCE."""
    latest, now = max(moments), clock.now()
    if latest > now + TOLERANCE:
        raise FutureEventError(f"the event's time is {clock.stamp(latest)}, and the present time is {clock.stamp(now)}")


def text_of(event: Any, *path: str) -> str:
    """Returns the printable, non-empty string at a path of the event; raises MalformedEventError."""
    value = event
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    where = ".".join(path)
    if not isinstance(value, str) or not value:
        raise MalformedEventError(f"{where} is {value!r}: a non-empty string is required")
    if len(value) > LONGEST_TEXT or not value.isprintable():
        raise MalformedEventError(f"{where} is {value[:80]!r}…: longer than {LONGEST_TEXT} characters or not printable")
    return value


def time_of(event: Any, *path: str) -> datetime:
    """Returns the moment at a path of the event, in UTC; raises MalformedEventError."""
    value = text_of(event, *path)
    try:
        return clock.parse(value)
    except (ValueError, OverflowError) as error:
        raise MalformedEventError(f"{'.'.join(path)} is {value!r}: not an ISO 8601 time with an offset") from error
