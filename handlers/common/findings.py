"""The findings register: one item per rule, account, region and resource, and what a change does to it.

Config delivers changes at least once and in any order. A change is taken only if its result is later than the one the
register holds; two writers at once are told apart by the item's revision. The alert a change calls for is claimed with
the same write, and stays due until it is marked as sent: a function that dies in between leaves it for the retry.
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from handlers.common import clock
from handlers.common.events import NON_COMPLIANT, ComplianceChange


class Status(StrEnum):
    """OPEN: non-compliant now. RESOLVED: was, and is no longer. CLEAR: never was, kept only for its order."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"
    CLEAR = "CLEAR"


class Transition(StrEnum):
    """What a change did that people must be told of."""

    OPENED = "OPENED"
    REOPENED = "REOPENED"
    RESOLVED = "RESOLVED"


class AlertInProgressError(RuntimeError):
    """Another delivery of the same event is alerting at this moment; a retry will find that it did, or take over."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A rule's open or closed non-compliance on a resource. Times are clock.stamp's; empty where there is none."""

    rule: str
    account: str
    region: str
    resource_type: str
    resource_id: str
    severity: str
    status: str
    order: str
    compliance_type: str
    revision: int
    first_seen: str = ""
    opened_at: str = ""
    resolved_at: str = ""
    alert_due: str = ""
    alert_claimed_at: str = ""

    @property
    def finding_id(self) -> str:
        """The register's key."""
        return finding_id(self.rule, self.account, self.region, self.resource_type, self.resource_id)

    def alerted(self) -> Self:
        """The same finding with its alert sent."""
        return dataclasses.replace(self, alert_due="", alert_claimed_at="", revision=self.revision + 1)


def finding_id(rule: str, account: str, region: str, resource_type: str, resource_id: str) -> str:
    """`rule/account/region/type/id`: readable, and unique because only the id, which comes last, may hold a slash."""
    return f"{rule}/{account}/{region}/{resource_type}/{resource_id}"


def changed(
    finding: Finding | None, change: ComplianceChange, rule: str, severity: str, now: datetime, claim: timedelta
) -> Finding | None:
    """The finding after a change, with the alert it makes due claimed; None if the change brings nothing new.

    An alert that is still due once its claim is older than `claim` is taken over; before that any change to the finding
    raises AlertInProgressError, so that alerts are neither doubled nor overtaken.
    """
    if finding is None:
        finding = _unseen(change, rule, severity)
    if change.order < finding.order or (change.order == finding.order and not finding.alert_due):
        return None
    if finding.alert_due and now - clock.parse(finding.alert_claimed_at) < claim:
        raise AlertInProgressError(f"the alert for {finding.finding_id} is being sent by another delivery")
    judged = dataclasses.replace(
        finding,
        severity=severity,
        order=change.order,
        compliance_type=change.compliance_type,
        revision=finding.revision + 1,
        alert_claimed_at=clock.stamp(now) if finding.alert_due else "",
    )
    if change.order == finding.order:
        return judged
    is_open, is_bad = finding.status == Status.OPEN, change.compliance_type == NON_COMPLIANT
    if is_bad and not is_open:
        return _opened(judged, change, now)
    if is_open and not is_bad:
        return _resolved(judged, change, now)
    return judged


def _unseen(change: ComplianceChange, rule: str, severity: str) -> Finding:
    return Finding(
        rule=rule,
        account=change.account,
        region=change.region,
        resource_type=change.resource_type,
        resource_id=change.resource_id,
        severity=severity,
        status=Status.CLEAR,
        order="",
        compliance_type="",
        revision=0,
    )


def _opened(finding: Finding, change: ComplianceChange, now: datetime) -> Finding:
    return dataclasses.replace(
        finding,
        status=Status.OPEN,
        first_seen=finding.first_seen or change.observed_at,
        opened_at=change.observed_at,
        resolved_at="",
        alert_due=Transition.REOPENED if finding.status == Status.RESOLVED else Transition.OPENED,
        alert_claimed_at=clock.stamp(now),
    )


def _resolved(finding: Finding, change: ComplianceChange, now: datetime) -> Finding:
    return dataclasses.replace(
        finding,
        status=Status.RESOLVED,
        resolved_at=change.observed_at,
        alert_due=Transition.RESOLVED,
        alert_claimed_at=clock.stamp(now),
    )
