"""How far the remediation of one finding has come: the journal's item that lets one invocation act, and no second."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from handlers.common.runtime import clock
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
    """REST: nothing under way. INTENDED: a write was announced. APPLIED: written, and Config has yet to say so.

    HELD: a person has undone what was written.
    """

    REST = "REST"
    INTENDED = "INTENDED"
    APPLIED = "APPLIED"
    HELD = "HELD"


class InProgressError(RuntimeError):
    """Another invocation works on the same finding at this moment; a retry finds what came of it."""


@dataclass(frozen=True)
class Progress:
    """The case of a finding. `occasion` counts the times it was acted on, from 1.

    `plan_id` and `approver` are of the action that is under way or was last; `claimed_at` is when somebody began to
    work on an intent, empty when nobody does any more, `claimed_by` the event that they answer, and `at` the moment
    before the write. `planned` and `last_notice` are what the trail has last: a plan, and what was said besides.
    `refused` is the plan that AWS refused for good, `denied` one that it denied once: a right that was just granted may
    take its time.
    """

    finding_id: str
    occasion: int = 1
    state: str = State.REST
    plan_id: str = ""
    claimed_at: str = ""
    claimed_by: str = ""
    at: str = ""
    approver: str = ""
    planned: str = ""
    last_notice: str = ""
    refused: str = ""
    denied: str = ""
    revision: int = 0

    def changed(self, **values: Any) -> Self:
        """The case with other values, one revision on."""
        return dataclasses.replace(self, revision=self.revision + 1, **values)

    def intended(self, plan_id: str, approver: str, event_id: str, now: datetime) -> Self:
        """Claimed for a plan, by the invocation that answers an event."""
        moment = clock.stamp(now)
        return self.changed(
            state=State.INTENDED,
            plan_id=plan_id,
            approver=approver,
            claimed_at=moment,
            claimed_by=event_id,
            at=moment,
            last_notice="",
            refused="",
        )

    def noted(self, **values: Any) -> Self:
        """The case with other values, to be kept with the change that was made before."""
        return dataclasses.replace(self, **values)

    def now(self, state: State) -> Self:
        """In a state, and nobody's any more."""
        return self.changed(state=state, claimed_at="", claimed_by="")

    def over(self) -> Self:
        """Ready for another occasion."""
        return self.now(State.REST).noted(occasion=self.occasion + 1, last_notice="", refused="")

    def is_claimed(self, now: datetime, event_id: str = "") -> bool:
        """Whether an invocation may still be working on it, other than a dead one that answered the same event."""
        claim = OWN_CLAIM if event_id and event_id == self.claimed_by else CLAIM
        return bool(self.claimed_at) and now - clock.parse(self.claimed_at) < claim

    def check_unclaimed(self, now: datetime, event_id: str) -> None:
        """Raises InProgressError while another invocation may be working on it."""
        if self.is_claimed(now, event_id):
            raise InProgressError(f"{self.finding_id} is being remediated by another invocation")


@dataclass(frozen=True)
class Cases:
    """The cases of a journal."""

    journal: Journal

    def get(self, finding_id: str) -> Progress:
        """The case of a finding; a new one where there is none."""
        held = self.journal.get(finding_id)
        return Progress(finding_id, **held) if held else Progress(finding_id)

    def put(self, case: Progress) -> Progress:
        """Keeps a case that was changed once; raises InProgressError if another invocation has changed it as well.

        One that is not at rest is put on the list of its rule before: on it is at least every such case.
        """
        if case.state != State.REST:
            open_cases.enter(self.journal, case.finding_id, case.revision)
        values = dataclasses.asdict(case)
        del values["finding_id"]
        values = {name: int(value) if isinstance(value, int) else str(value) for name, value in values.items()}
        if case.revision == 1:
            kept = self.journal.create(case.finding_id, values)
        else:
            kept = self.journal.replace(case.finding_id, values, {"revision": case.revision - 1})
        if not kept:
            raise InProgressError(f"{case.finding_id} was changed by another invocation")
        return case

    def settle(self, case: Progress) -> Progress:
        """Keeps a case that was changed once, and takes it off the list if it has come to rest."""
        self.put(case)
        if case.state == State.REST:
            open_cases.leave(self.journal, case.finding_id, case.revision)
        return case

    def is_listed(self, case: Progress) -> bool:
        """Whether a case is on the list of its rule; without a plan it was never put there."""
        return bool(case.planned) and open_cases.is_listed(self.journal, case.finding_id)
