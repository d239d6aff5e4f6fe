"""The events EventBridge brings, as typed views; a malformed one is refused with what is wrong with it."""

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

# Config's own limit for a resource id is 768 characters; nothing else here is longer.
LONGEST_TEXT = 768


TOLERANCE = timedelta(minutes=15)
"""By how much a time of AWS Config's may be ahead of a function's clock."""


class MalformedEventError(ComplianceMonitorError, ValueError):
    """An event that lacks something, or has it in a form that cannot be acted on; `message` may quote it."""

    def __init__(self, message: str) -> None:
        # JSON can say by its escapes what UTF-8 cannot, and neither a record nor a log can hold.
        super().__init__(message.encode(errors="backslashreplace").decode())


class FutureEventError(ComplianceMonitorError, ValueError):
    """An event with a time that has not come: taken into the register, it would outrank every change until then."""


class ForeignAccountError(ComplianceMonitorError, ValueError):
    """An event about an account that this system does not monitor."""


@dataclass(frozen=True)
class ComplianceChange:
    """One resource's result under one Config rule, as "Config Rules Compliance Change" reports it.

    `order` says which of two results is the later one. Config's ordering timestamp alone would not: after a rule's
    parameters change, the same configuration item is evaluated again under the same ordering timestamp.
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
        """Reads an event; raises MalformedEventError naming the field, ForeignAccountError by `monitors`, or
        FutureEventError.
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
            raise MalformedEventError(f"complianceType is {compliance_type!r}: none of {', '.join(COMPLIANCE_TYPES)}")
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
    """Raises FutureEventError for a time that has not come."""
    latest, now = max(moments), clock.now()
    if latest > now + TOLERANCE:
        raise FutureEventError(f"the event has the time {clock.stamp(latest)}, and now it is {clock.stamp(now)}")


def text_of(event: Any, *path: str) -> str:
    """Returns the printable, non-empty text at a path of the event; raises MalformedEventError."""
    value = event
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    where = ".".join(path)
    if not isinstance(value, str) or not value:
        raise MalformedEventError(f"{where} is {value!r}: a non-empty text is needed")
    if len(value) > LONGEST_TEXT or not value.isprintable():
        raise MalformedEventError(f"{where} is {value[:80]!r}…: longer than {LONGEST_TEXT} or not printable")
    return value


def time_of(event: Any, *path: str) -> datetime:
    """Returns the moment at a path of the event, in UTC; raises MalformedEventError."""
    value = text_of(event, *path)
    try:
        return clock.parse(value)
    except (ValueError, OverflowError) as error:
        raise MalformedEventError(f"{'.'.join(path)} is {value!r}: not an ISO 8601 time with its offset") from error
