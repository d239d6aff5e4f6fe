"""The progress of one finding's remediation: an item of the journal, which permits one invocation at a time to act."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from handlers.common.runtime import clock
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores import open_cases
from handlers.common.stores.journal import Journal

TIMEOUT_SECONDS = 300
CLAIM = timedelta(seconds=TIMEOUT_SECONDS)
"""An invocation without a recorded outcome within the function's timeout has failed."""
OWN_CLAIM = timedelta(seconds=45)
"""The same for a retry of the same event, which Lambda makes a minute after the end of the invocation at the earliest.

A newer claim may belong to a concurrent delivery of the event.
"""


class State(StrEnum):
    """IDLE: no action pending. IN_PROGRESS: the intent to write is recorded. APPLIED: written, awaiting re-evaluation.

    SUSPENDED: rolled back by an operator.
    """

    IDLE = "IDLE"
    IN_PROGRESS = "IN_PROGRESS"
    APPLIED = "APPLIED"
    SUSPENDED = "SUSPENDED"


class InProgressError(ComplianceMonitorError, RuntimeError):
    """Another invocation is remediating the same finding. A retry reads its outcome."""


@dataclass(frozen=True)
class Progress:
    """The progress of a finding's remediation. `attempt` counts its attempts, from 1.

    `plan_id` and `approver` belong to the present or last action. `claimed_at` is when an invocation claimed the
    intent, or empty, `claimed_by` the id of its event, and `at` the time before the write. `last_plan_id` and
    `last_notice` are the last plan and the last notice in the audit trail. `refused` is the plan that AWS refused
    permanently, `denied` one that it denied once: a new permission may take effect with a delay.
    """

    finding_id: str
    attempt: int = 1
    state: str = State.IDLE
    plan_id: str = ""
    claimed_at: str = ""
    claimed_by: str = ""
    at: str = ""
    approver: str = ""
    last_plan_id: str = ""
    last_notice: str = ""
    refused: str = ""
    denied: str = ""
    revision: int = 0

    def replaced(self, **values: Any) -> Self:
        """Returns the next revision of the progress, with other values."""
        return dataclasses.replace(self, revision=self.revision + 1, **values)

    def claimed_for(self, plan_id: str, approver: str, event_id: str, now: datetime) -> Self:
        """Returns the progress claimed for a plan, by the invocation that handles an event."""
        moment = clock.stamp(now)
        return self.replaced(
            state=State.IN_PROGRESS,
            plan_id=plan_id,
            approver=approver,
            claimed_at=moment,
            claimed_by=event_id,
            at=moment,
            last_notice="",
            refused="",
        )

    def with_values(self, **values: Any) -> Self:
        """Returns the same revision of the progress, with other values."""
        return dataclasses.replace(self, **values)

    def in_state(self, state: State) -> Self:
        """Returns the progress in a state, without a claim."""
        return self.replaced(state=state, claimed_at="", claimed_by="")

    def finished(self) -> Self:
        """Returns the progress ready for the next attempt."""
        return self.in_state(State.IDLE).with_values(attempt=self.attempt + 1, last_notice="", refused="")

    def is_claimed(self, now: datetime, event_id: str = "") -> bool:
        """Returns whether an invocation other than a failed one of the same event may be remediating the finding."""
        claim = OWN_CLAIM if event_id and event_id == self.claimed_by else CLAIM
        return bool(self.claimed_at) and now - clock.parse(self.claimed_at) < claim

    def check_unclaimed(self, now: datetime, event_id: str) -> None:
        """Raises InProgressError while another invocation may be remediating the finding."""
        if self.is_claimed(now, event_id):
            raise InProgressError(f"{self.finding_id} is being remediated by another invocation")


@dataclass(frozen=True)
class ProgressStore:
    """The journal's items of progress."""

    journal: Journal

    def get(self, finding_id: str) -> Progress:
        """Returns the progress of a finding; a new one if there is none."""
        values = self.journal.get(finding_id)
        return Progress(finding_id, **values) if values else Progress(finding_id)

    def put(self, progress: Progress) -> Progress:
        """Writes the next revision; raises InProgressError if another invocation has written it.

        Progress that is not idle is first added to the list of its rule, so that no such progress is missing there.
        """
        if progress.state != State.IDLE:
            open_cases.enter(self.journal, progress.finding_id, progress.revision)
        values = dataclasses.asdict(progress)
        del values["finding_id"]
        values = {name: int(value) if isinstance(value, int) else str(value) for name, value in values.items()}
        if progress.revision == 1:
            is_written = self.journal.create(progress.finding_id, values)
        else:
            is_written = self.journal.replace(progress.finding_id, values, {"revision": progress.revision - 1})
        if not is_written:
            raise InProgressError(f"{progress.finding_id} was changed by another invocation")
        return progress

    def settle(self, progress: Progress) -> Progress:
        """Writes the next revision, and removes it from the list if it is idle."""
        self.put(progress)
        if progress.state == State.IDLE:
            open_cases.leave(self.journal, progress.finding_id, progress.revision)
        return progress

    def is_listed(self, progress: Progress) -> bool:
        """Returns whether the finding is on the list of its rule; without a plan it never is."""
        return bool(progress.last_plan_id) and open_cases.is_listed(self.journal, progress.finding_id)
