"""How far the remediation of one finding has come: the journal's item that lets one invocation act, and no second."""

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
"""An invocation that has not said what came of its intent within the function's timeout is dead."""
OWN_CLAIM = timedelta(seconds=45)
"""The same for who answers the same event again: Lambda does so a minute after the invocation has ended, at the least.

A younger claim may be that of another delivery of the event, which is at work at this moment.
"""


class State(StrEnum):
    """IDLE: nothing under way. IN_PROGRESS: a write was recorded as intended. APPLIED: written, awaiting re-evaluation.

    SUSPENDED: rolled back by an operator.
    """

    IDLE = "IDLE"
    IN_PROGRESS = "IN_PROGRESS"
    APPLIED = "APPLIED"
    SUSPENDED = "SUSPENDED"


class InProgressError(ComplianceMonitorError, RuntimeError):
    """Another invocation works on the same finding at this moment; a retry finds what came of it."""


@dataclass(frozen=True)
class Progress:
    """The case of a finding. `attempt` counts the times it was acted on, from 1.

    `plan_id` and `approver` are of the action that is under way or was last; `claimed_at` is when someone began to
    work on an intent, empty when nobody does any more, `claimed_by` the event that they answer, and `at` the moment
    before the write. `last_plan_id` and `last_notice` are the last plan and the last notice in the trail.
    `refused` is the plan that AWS refused for good, `denied` one that it denied once: a right that was just granted may
    take its time.
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
        """Returns the case with other values, one revision on."""
        return dataclasses.replace(self, revision=self.revision + 1, **values)

    def claimed_for(self, plan_id: str, approver: str, event_id: str, now: datetime) -> Self:
        """Claimed for a plan, by the invocation that answers an event."""
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
        """Returns the case with other values, to be kept with the change that was made before."""
        return dataclasses.replace(self, **values)

    def in_state(self, state: State) -> Self:
        """In a state, and nobody's any more."""
        return self.replaced(state=state, claimed_at="", claimed_by="")

    def finished(self) -> Self:
        """Ready for another attempt."""
        return self.in_state(State.IDLE).with_values(attempt=self.attempt + 1, last_notice="", refused="")

    def is_claimed(self, now: datetime, event_id: str = "") -> bool:
        """Returns whether an invocation may be working on it, other than a dead one that handled the same event."""
        claim = OWN_CLAIM if event_id and event_id == self.claimed_by else CLAIM
        return bool(self.claimed_at) and now - clock.parse(self.claimed_at) < claim

    def check_unclaimed(self, now: datetime, event_id: str) -> None:
        """Raises InProgressError while another invocation may be working on it."""
        if self.is_claimed(now, event_id):
            raise InProgressError(f"{self.finding_id} is being remediated by another invocation")


@dataclass(frozen=True)
class ProgressStore:
    """The cases of a journal."""

    journal: Journal

    def get(self, finding_id: str) -> Progress:
        """Returns the case of a finding; a new one where there is none."""
        held = self.journal.get(finding_id)
        return Progress(finding_id, **held) if held else Progress(finding_id)

    def put(self, progress: Progress) -> Progress:
        """Keeps a case that was changed once; raises InProgressError if another invocation has changed it as well.

        One that is not at rest is put on the list of its rule before: on it is at least every such case.
        """
        if progress.state != State.IDLE:
            open_cases.enter(self.journal, progress.finding_id, progress.revision)
        values = dataclasses.asdict(progress)
        del values["finding_id"]
        values = {name: int(value) if isinstance(value, int) else str(value) for name, value in values.items()}
        if progress.revision == 1:
            kept = self.journal.create(progress.finding_id, values)
        else:
            kept = self.journal.replace(progress.finding_id, values, {"revision": progress.revision - 1})
        if not kept:
            raise InProgressError(f"{progress.finding_id} was changed by another invocation")
        return progress

    def settle(self, progress: Progress) -> Progress:
        """Keeps a case that was changed once, and takes it off the list if it has come to rest."""
        self.put(progress)
        if progress.state == State.IDLE:
            open_cases.leave(self.journal, progress.finding_id, progress.revision)
        return progress

    def is_listed(self, progress: Progress) -> bool:
        """Returns whether a case is on the list of its rule; without a plan it was never put there."""
        return bool(progress.last_plan_id) and open_cases.is_listed(self.journal, progress.finding_id)
