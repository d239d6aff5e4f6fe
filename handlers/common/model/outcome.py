"""Outcomes of a remediation for a non-compliant resource, as in audit records and metrics."""

from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of one step; docs/remediation.md defines each."""

    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    WAIVED = "WAIVED"
    ALREADY_COMPLIANT = "ALREADY_COMPLIANT"
    NOT_REMEDIABLE = "NOT_REMEDIABLE"
    WOULD_REMEDIATE = "WOULD_REMEDIATE"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    APPROVAL_REFUSED = "APPROVAL_REFUSED"
    KILL_SWITCH_ENGAGED = "KILL_SWITCH_ENGAGED"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    LIMIT_REACHED = "LIMIT_REACHED"
    SUSPENDED = "SUSPENDED"
    APPLIED = "APPLIED"
    FAILED = "FAILED"
    REFUSED = "REFUSED"
    NOT_VERIFIED = "NOT_VERIFIED"
    SUPERSEDED = "SUPERSEDED"
    AWAITING_CONFIG = "AWAITING_CONFIG"
    CONTAINED = "CONTAINED"
    NOT_FIXED = "NOT_FIXED"
    REMEDIATED = "REMEDIATED"
    GONE = "GONE"
    ROLLED_BACK = "ROLLED_BACK"


class Result(StrEnum):
    """Groups of outcomes, for metrics and counts."""

    PLANNED = "PLANNED"
    WAITING = "WAITING"
    BLOCKED = "BLOCKED"
    NOTHING_TO_DO = "NOTHING_TO_DO"
    WRITTEN = "WRITTEN"
    FIXED = "FIXED"
    CONTAINED = "CONTAINED"
    FAILED = "FAILED"
    ROLLED_BACK = "ROLLED_BACK"


RESULTS = {
    Outcome.OUT_OF_SCOPE: Result.BLOCKED,
    Outcome.WAIVED: Result.BLOCKED,
    Outcome.ALREADY_COMPLIANT: Result.NOTHING_TO_DO,
    Outcome.NOT_REMEDIABLE: Result.FAILED,
    Outcome.WOULD_REMEDIATE: Result.PLANNED,
    Outcome.AWAITING_APPROVAL: Result.WAITING,
    Outcome.APPROVAL_REFUSED: Result.BLOCKED,
    Outcome.KILL_SWITCH_ENGAGED: Result.BLOCKED,
    Outcome.OUTSIDE_WINDOW: Result.WAITING,
    Outcome.LIMIT_REACHED: Result.BLOCKED,
    Outcome.SUSPENDED: Result.BLOCKED,
    Outcome.APPLIED: Result.WRITTEN,
    Outcome.FAILED: Result.FAILED,
    Outcome.REFUSED: Result.FAILED,
    Outcome.NOT_VERIFIED: Result.FAILED,
    Outcome.SUPERSEDED: Result.FAILED,
    Outcome.AWAITING_CONFIG: Result.WAITING,
    Outcome.CONTAINED: Result.CONTAINED,
    Outcome.NOT_FIXED: Result.FAILED,
    Outcome.REMEDIATED: Result.FIXED,
    Outcome.GONE: Result.NOTHING_TO_DO,
    Outcome.ROLLED_BACK: Result.ROLLED_BACK,
}
