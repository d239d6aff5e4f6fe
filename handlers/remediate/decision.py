"""The decision about a non-compliant resource: the decision table of docs/remediation.md, as a function of facts.

It writes and records nothing. The facts that are callables are read from AWS when they are called, so that the rows
above a row also decide whether its facts are read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import chain

from handlers.common.model import change_window as windows
from handlers.common.model.approval import Approval, approvers, required
from handlers.common.model.cadence import EVALUATION_HOURS
from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Mode
from handlers.common.stores import kill_switch as switch
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.progress import Progress, State

PATIENCE = timedelta(hours=2 * EVALUATION_HOURS)
"""Time within which AWS Config must find a written resource compliant: two evaluations."""


@dataclass(frozen=True)
class Written:
    """A write that awaits its re-evaluation. `is_item_older`: the present state was recorded before it.

    `is_apply_pending`: AWS applies it later.
    """

    age: timedelta
    is_item_older: bool = False
    is_apply_pending: bool = False


@dataclass(frozen=True)
class Facts:
    """The facts about one resource. A text says why a row applies, and is empty if it does not.

    `effect` and `resolves` are those of the remediation. `unrecorded`: the resource has no configuration item.
    `plan_id` is the plan for the present state. `approvals` are the valid ones by principal, and the problems of the
    others. `exceeded`: the run needs more actions than its limit. `used_up`: the actions of the run or day are used up.
    """

    environment: RemediateEnvironment
    progress: Progress
    name: str
    effect: str
    resolves: bool
    unrecorded: str
    waived: Callable[[], str]
    written: Callable[[], Written | None]
    is_desired: Callable[[], bool]
    not_remediable: Callable[[], str]
    plan_id: Callable[[], str]
    now: Callable[[], datetime]
    approvals: Callable[[], tuple[Mapping[str, Approval], Sequence[str]]]
    switch: Callable[[], switch.State]
    exceeded: Callable[[], str]
    used_up: Callable[[], str]


class Then(Enum):
    """What follows a decision.

    LOG: nothing else. COUNT: a metric. RECORD: a record, and a mail if the outcome requires one. VERIFY: the same for
    a write. PLAN: the plan is saved. BLOCK: the plan is saved, and the outcome recorded as in RECORD. APPLY: the plan
    is saved, and its calls are made.
    """

    LOG = auto()
    COUNT = auto()
    RECORD = auto()
    VERIFY = auto()
    PLAN = auto()
    BLOCK = auto()
    APPLY = auto()


@dataclass(frozen=True)
class Decision:
    """The outcome, its reason, and what follows. `changed_back`: someone undid a write, and a new attempt begins."""

    outcome: Outcome
    reason: str
    then: Then
    approver: str = ""
    changed_back: bool = False

    @property
    def has_plan(self) -> bool:
        """Whether the decision is about a plan."""
        return self.then in (Then.PLAN, Then.BLOCK, Then.APPLY)


def decide(facts: Facts) -> Decision:
    """Returns the decision of the first row that applies."""
    decision = next(chain(_excluded(facts), _written(facts)), None)
    return decision or replace(next(chain(_planned(facts), _permitted(facts))), changed_back=bool(facts.written()))


def would_remediate(effect: str) -> Decision:
    """Returns the decision to save a plan only."""
    return Decision(Outcome.WOULD_REMEDIATE, f"in mode enforce it {effect}", Then.PLAN)


def _excluded(facts: Facts) -> Iterator[Decision]:
    """Yields the rows for which the state of the resource is not read."""
    if facts.unrecorded:
        yield Decision(Outcome.NOT_REMEDIABLE, facts.unrecorded, Then.RECORD)
    if why := facts.waived():
        yield Decision(Outcome.WAIVED, why, Then.RECORD)
    if facts.name not in facts.environment.scope:
        # Most resources of an account are out of scope: counted and logged, but not recorded.
        yield Decision(Outcome.OUT_OF_SCOPE, f"{facts.name} is not in the rule's scope", Then.COUNT)


def _written(facts: Facts) -> Iterator[Decision]:
    """Yields the rows for a write awaiting its re-evaluation; none if someone changed the resource back."""
    if write := facts.written():
        # This one recurs with every report until AWS Config has evaluated the resource again, and is only logged.
        waiting = Decision(Outcome.AWAITING_CONFIG, "written; awaiting re-evaluation by AWS Config", Then.LOG)
        if write.is_item_older:
            yield waiting
        if facts.is_desired():
            if not facts.resolves:
                yield Decision(Outcome.CONTAINED, f"{facts.effect}; read back", Then.VERIFY)
            if write.is_apply_pending or write.age <= PATIENCE:
                yield waiting
            why = "written and read back, but AWS Config still finds the resource non-compliant"
            yield Decision(Outcome.NOT_FIXED, why, Then.VERIFY)


def _planned(facts: Facts) -> Iterator[Decision]:
    """Yields the rows up to the plan, and the one for a plan that AWS refused."""
    if facts.is_desired():
        why = "the resource has the desired state; awaiting re-evaluation by AWS Config"
        yield Decision(Outcome.ALREADY_COMPLIANT, why, Then.RECORD)
    if why := facts.not_remediable():
        yield Decision(Outcome.NOT_REMEDIABLE, why, Then.RECORD)
    if facts.environment.mode == Mode.PLAN:
        yield would_remediate(facts.effect)
    if facts.progress.refused and facts.progress.refused == facts.plan_id():
        why = "AWS has refused this plan, and neither the resource nor the plan has changed since"
        yield Decision(Outcome.REFUSED, why, Then.BLOCK)


def _permitted(facts: Facts) -> Iterator[Decision]:
    """Yields the checks between a plan and its writes, and the permission to write."""
    mode, needed, approver = facts.environment.mode, facts.environment.approvals_needed, ""
    if mode == Mode.APPROVE:
        valid, problems = facts.approvals()
        if len(valid) < needed and problems:
            yield Decision(Outcome.APPROVAL_REFUSED, f"the approval is not valid: {problems[0]}", Then.BLOCK)
        if len(valid) < needed:
            yield Decision(Outcome.AWAITING_APPROVAL, required(needed, valid), Then.BLOCK)
        approver = approvers(valid)
    if mode == Mode.ENFORCE and facts.progress.state == State.SUSPENDED:
        why = "the last action was rolled back by an operator: suspended until the finding is closed"
        yield Decision(Outcome.SUSPENDED, why, Then.BLOCK)
    if not (found := facts.switch()).running:
        why = f"kill switch engaged at {found.changed_at}: its value is {found.value!r}"
        yield Decision(Outcome.KILL_SWITCH_ENGAGED, why, Then.BLOCK)
    if not windows.is_open(facts.environment.change_windows, facts.now()):
        why = f"waits for a change window: {', '.join(facts.environment.change_windows)} UTC"
        yield Decision(Outcome.OUTSIDE_WINDOW, why, Then.BLOCK)
    if mode == Mode.ENFORCE and (why := facts.exceeded()):
        yield Decision(Outcome.LIMIT_REACHED, why, Then.BLOCK)
    if why := facts.used_up():
        yield Decision(Outcome.LIMIT_REACHED, why, Then.BLOCK)
    yield Decision(Outcome.APPLIED, "", Then.APPLY, approver)
