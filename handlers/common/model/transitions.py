"""Transitions of findings by compliance changes.

EventBridge delivers changes at least once and in any order. A change is applied only if its result is later than the
finding's. The item's revision detects concurrent writers. The write of a change also claims its alert, which stays due
until it is marked as sent: if a function fails in between, the retry sends it.
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.common.model.events import NON_COMPLIANT, ComplianceChange
from handlers.common.model.finding import VIOLATED, Finding, Status, Transition
from handlers.common.runtime import clock
from handlers.common.runtime.errors import ComplianceMonitorError


class AlertInProgressError(ComplianceMonitorError, RuntimeError):
    """Another delivery of the event is sending the alert. A retry finds it sent, or takes it over."""


@dataclass(frozen=True)
class Evaluation:
    """A change with its rule, the severity and the waiver in force on the resource, if any.

    A finding that is resolved within `grace` is brief.
    """

    change: ComplianceChange
    rule: str
    severity: str
    waiver: str = ""
    grace: timedelta = timedelta()

    @property
    def is_violation(self) -> bool:
        """Whether the resource is non-compliant."""
        return self.change.compliance_type == NON_COMPLIANT


def changed(finding: Finding | None, evaluation: Evaluation, now: datetime, claim: timedelta) -> Finding | None:
    """Returns the finding after a change, with its due alert claimed; None if the change is known or outdated.

    A known change is applied again if a waiver has begun or ended since.

    An alert whose claim is older than `claim` is taken over. Until then every change to the finding raises
    AlertInProgressError, so that alerts are neither duplicated nor reordered.
    """
    change = evaluation.change
    if finding is None:
        finding = _new(evaluation)
    known = change.order == finding.order
    if change.order < finding.order or (known and not finding.alert_due and not _has_other_waiver(finding, evaluation)):
        return None
    if finding.alert_due and now - clock.parse(finding.alert_claimed_at) < claim:
        raise AlertInProgressError(f"the alert for {finding.finding_id} is being sent by another delivery")
    updated = dataclasses.replace(
        finding,
        severity=evaluation.severity,
        order=change.order,
        compliance_type=change.compliance_type,
        revision=finding.revision + 1,
        alert_claimed_at=clock.stamp(now) if finding.alert_due else "",
    )
    if known and finding.alert_due:
        return updated
    if evaluation.is_violation:
        return _violated(updated, evaluation, now)
    return _resolved(updated, evaluation, now) if finding.status in VIOLATED else updated


def _has_other_waiver(finding: Finding, evaluation: Evaluation) -> bool:
    """Returns whether the waiver in force on a violation differs from the finding's."""
    waiver = finding.waiver if finding.status == Status.WAIVED else ""
    return evaluation.is_violation and finding.status in VIOLATED and evaluation.waiver != waiver


def _violated(finding: Finding, evaluation: Evaluation, now: datetime) -> Finding:
    if evaluation.waiver:
        is_new = finding.status != Status.WAIVED or finding.waiver != evaluation.waiver
        return _waived(finding, evaluation, now) if is_new else finding
    return finding if finding.status == Status.OPEN else _opened(finding, evaluation.change, now)


def _new(evaluation: Evaluation) -> Finding:
    change = evaluation.change
    return Finding(
        rule=evaluation.rule,
        account=change.account,
        region=change.region,
        resource_type=change.resource_type,
        resource_id=change.resource_id,
        severity=evaluation.severity,
        status=Status.CLEAR,
        order="",
        compliance_type="",
        revision=0,
    )


def _opened(finding: Finding, change: ComplianceChange, now: datetime) -> Finding:
    due = Transition.OPENED if finding.status == Status.CLEAR else Transition.REOPENED
    return dataclasses.replace(
        _in_violation(finding, change),
        status=Status.OPEN,
        alert_due=due,
        alert_due_at=clock.stamp(now),
        alert_claimed_at=clock.stamp(now),
        opening=f"{due}/{clock.stamp(now)}",
        brief="",
    )


def _waived(finding: Finding, evaluation: Evaluation, now: datetime) -> Finding:
    return dataclasses.replace(
        _in_violation(finding, evaluation.change),
        status=Status.WAIVED,
        waiver=evaluation.waiver,
        alert_due=Transition.WAIVED,
        alert_due_at=clock.stamp(now),
        alert_claimed_at=clock.stamp(now),
    )


def _in_violation(finding: Finding, change: ComplianceChange) -> Finding:
    """Returns the finding as a violation. Its age remains if a waiver begins or ends."""
    opened_at = finding.opened_at if finding.status in VIOLATED else change.observed_at
    return dataclasses.replace(
        finding, first_seen=finding.first_seen or change.observed_at, opened_at=opened_at, resolved_at=""
    )


def _resolved(finding: Finding, evaluation: Evaluation, now: datetime) -> Finding:
    opened_at = finding.opening.partition("/")[2]
    is_brief = bool(opened_at) and now - clock.parse(opened_at) < evaluation.grace
    return dataclasses.replace(
        finding,
        status=Status.RESOLVED,
        resolved_at=evaluation.change.observed_at,
        brief="yes" if is_brief else "",
        alert_due=Transition.SETTLED if finding.status == Status.WAIVED else Transition.RESOLVED,
        alert_due_at=clock.stamp(now),
        alert_claimed_at=clock.stamp(now),
    )
