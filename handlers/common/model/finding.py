"""Findings: one item of the findings table per rule, account, region and resource."""

import dataclasses
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Status(StrEnum):
    """OPEN: non-compliant. WAIVED: non-compliant, with a waiver in force. RESOLVED: no longer non-compliant.

    CLEAR: never non-compliant, stored only for its order.
    """

    OPEN = "OPEN"
    WAIVED = "WAIVED"
    RESOLVED = "RESOLVED"
    CLEAR = "CLEAR"


VIOLATED = (Status.OPEN, Status.WAIVED)


class Transition(StrEnum):
    """A transition that causes alerts or, for a waived finding, only a record of the audit trail.

    SETTLED: a waived finding became compliant.
    """

    OPENED = "OPENED"
    REOPENED = "REOPENED"
    RESOLVED = "RESOLVED"
    WAIVED = "WAIVED"
    SETTLED = "SETTLED"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """An open or closed violation of a rule by a resource. Times have the format of clock.stamp, or are empty.

    The alert is due since `alert_due_at`, and a function has been sending it since `alert_claimed_at`. `waiver` is the
    id of the waiver in force, or of an ended one whose end is not reported yet. `opening` is the last opening, as
    transition and time. `brief` is not empty if the finding was resolved within the grace period.
    """

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
    alert_due_at: str = ""
    alert_claimed_at: str = ""
    waiver: str = ""
    opening: str = ""
    brief: str = ""

    @property
    def finding_id(self) -> str:
        """The key in the findings table."""
        return finding_id(self.rule, self.account, self.region, self.resource_type, self.resource_id)

    @property
    def alert_id(self) -> str:
        """The id of the alert that is due, in hex: the same for every attempt to send it."""
        return self._id_of(f"{self.alert_due}/{self.alert_due_at}")

    @property
    def opening_id(self) -> str:
        """The id of the alert for the last opening, in hex."""
        return self._id_of(self.opening)

    def _id_of(self, alert: str) -> str:
        return hashlib.sha256(f"{alert}/{self.finding_id}".encode()).hexdigest()[:32]

    def alerted(self) -> Self:
        """Returns the next revision of the finding, with no alert due."""
        waiver = self.waiver if self.status == Status.WAIVED else ""
        return dataclasses.replace(
            self, alert_due="", alert_due_at="", alert_claimed_at="", waiver=waiver, revision=self.revision + 1
        )


def finding_id(rule: str, account: str, region: str, resource_type: str, resource_id: str) -> str:
    """Returns `rule/account/region/type/id`, which is unique: only the last part, the resource id, may have a slash."""
    return f"{rule}/{account}/{region}/{resource_type}/{resource_id}"


def parts_of(finding_id: str) -> list[str]:
    """Returns rule, account, region, resource type and resource id."""
    return finding_id.split("/", 4)
