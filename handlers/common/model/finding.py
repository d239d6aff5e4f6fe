"""A finding as the register holds it: one item per rule, account, region and resource."""

import dataclasses
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Status(StrEnum):
    """OPEN: non-compliant now. WAIVED: non-compliant, and a waiver is in force. RESOLVED: was, and is no longer.

    CLEAR: never was, kept only for its order.
    """

    OPEN = "OPEN"
    WAIVED = "WAIVED"
    RESOLVED = "RESOLVED"
    CLEAR = "CLEAR"


VIOLATED = (Status.OPEN, Status.WAIVED)


class Transition(StrEnum):
    """A transition that must be reported: to people, or, of a waived finding, to the audit trail alone.

    SETTLED: compliant while it was waived.
    """

    OPENED = "OPENED"
    REOPENED = "REOPENED"
    RESOLVED = "RESOLVED"
    WAIVED = "WAIVED"
    SETTLED = "SETTLED"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A rule's open or closed non-compliance on a resource. Times are clock.stamp's; empty where there is none.

    `alert_due_at` is since when the alert is due, `alert_claimed_at` since when a function is sending it. `waiver` is
    the id of the one in force, or of one that has ended until that is reported. `opening` is the last opening as
    transition and time, and `brief` is not empty if it was resolved within the grace period.
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
        """The register's key."""
        return finding_id(self.rule, self.account, self.region, self.resource_type, self.resource_id)

    @property
    def alert_id(self) -> str:
        """Of the alert that is due, in hex: the same whoever sends it, and however often."""
        return self._id_of(f"{self.alert_due}/{self.alert_due_at}")

    @property
    def opening_id(self) -> str:
        """Of the alert of the last opening."""
        return self._id_of(self.opening)

    def _id_of(self, alert: str) -> str:
        return hashlib.sha256(f"{alert}/{self.finding_id}".encode()).hexdigest()[:32]

    def alerted(self) -> Self:
        """Returns the same finding with its alert sent."""
        waiver = self.waiver if self.status == Status.WAIVED else ""
        return dataclasses.replace(
            self, alert_due="", alert_due_at="", alert_claimed_at="", waiver=waiver, revision=self.revision + 1
        )


def finding_id(rule: str, account: str, region: str, resource_type: str, resource_id: str) -> str:
    """`rule/account/region/type/id`: readable, and unique because only the id, which comes last, may hold a slash."""
    return f"{rule}/{account}/{region}/{resource_type}/{resource_id}"


def parts_of(finding_id: str) -> list[str]:
    """Rule, account, region, type and id."""
    return finding_id.split("/", 4)
