"""An approval: someone's word that one plan, exactly as it is, may be carried out."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from handlers.common.model import principal
from handlers.common.model.events import MalformedEventError, text_of, time_of
from handlers.common.runtime import clock
from handlers.common.runtime.errors import ComplianceMonitorError

SCHEMA_VERSION = 1


class MalformedApprovalError(ComplianceMonitorError, ValueError):
    """An object that is not the approval of a plan; the message says what it lacks."""


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
        """From an object's content; raises MalformedApprovalError."""
        try:
            found: Any = json.loads(body)
            time_of(found, "approved_at")
            return cls(**{name: text_of(found, name) for name in cls.__dataclass_fields__})
        except (ValueError, MalformedEventError) as error:
            raise MalformedApprovalError(f"the approval cannot be read: {error}") from error

    def problem(self, plan_id: str, sha256: str, requester: str, now: datetime, hours: int) -> str | None:
        """Returns why it does not hold for a plan at a moment; None if it does."""
        age = now - clock.parse(self.approved_at)
        if self.plan_id != plan_id or self.plan_sha256 != sha256:
            return f"it is for plan {self.plan_id} with the hash {self.plan_sha256}, and the plan's is {sha256}"
        if principal.is_same(self.approver, requester):
            return f"its approver {self.approver} is the plan's requester: someone else has to approve"
        if age < timedelta():
            return f"it is dated {self.approved_at}, which is yet to come"
        if age > timedelta(hours=hours):
            return f"it was given at {self.approved_at} and holds for {hours} hours"
        return None
