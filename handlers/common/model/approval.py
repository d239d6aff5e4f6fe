"""Approvals: each permits one remediation plan to be applied, identified by its hash."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from handlers.common.model import principal
from handlers.common.model.events import MalformedEventError, text_of, time_of
from handlers.common.runtime import clock
from handlers.common.runtime.errors import ComplianceMonitorError

SCHEMA_VERSION = 1


class MalformedApprovalError(ComplianceMonitorError, ValueError):
    """An object that is not the approval of a plan. The message names the invalid member."""


@dataclass(frozen=True)
class Approval:
    """`plan_sha256` is the hash of the whole plan, `approver` the caller's ARN as AWS returns it."""

    plan_id: str
    plan_sha256: str
    approver: str
    approved_at: str

    def to_json(self) -> bytes:
        """Returns the object's content."""
        return json.dumps({"schema_version": SCHEMA_VERSION} | asdict(self), indent=2, sort_keys=True).encode()

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Returns the approval in an object's content; raises MalformedApprovalError."""
        try:
            document: Any = json.loads(body)
            time_of(document, "approved_at")
            return cls(**{name: text_of(document, name) for name in cls.__dataclass_fields__})
        except (ValueError, MalformedEventError) as error:
            raise MalformedApprovalError(f"the approval cannot be read: {error}") from error

    def problem(self, plan_id: str, sha256: str, requester: str, now: datetime, hours: int) -> str | None:
        """Returns why the approval is not valid for a plan at the time `now`; None if it is valid."""
        age = now - clock.parse(self.approved_at)
        if self.plan_id != plan_id or self.plan_sha256 != sha256:
            return f"it is for plan {self.plan_id} with the hash {self.plan_sha256}, and the plan has {sha256}"
        if principal.is_same(self.approver, requester):
            return f"its approver {self.approver} is the plan's requester: another person must approve"
        if age < timedelta():
            return f"its time {self.approved_at} is in the future"
        if age > timedelta(hours=hours):
            return f"it was given at {self.approved_at} and expired after {hours} hours"
        return None


def approvers(valid: Mapping[str, Approval]) -> str:
    """Returns the ARNs of the approvers, for records."""
    return ", ".join(sorted(each.approver for each in valid.values()))


def required(needed: int, valid: Mapping[str, Approval]) -> str:
    """Returns what is missing, for a record."""
    return "approval required" if needed == 1 else f"{needed} approvals required, {len(valid)} given"
