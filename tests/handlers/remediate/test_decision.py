"""The decision table of docs/remediation.md, as a function of facts: each row, their order, and what each row reads."""

import re
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model.approval import Approval
from handlers.common.stores import kill_switch as switch
from handlers.remediate.decision import PATIENCE, Decision, Facts, Then, Written, decide
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.progress import Progress, State
from handlers.remediate.records import NOTIFIED
from tests.support.changes import ACCOUNT
from tests.support.remediation_account import APPROVER, REGION, ROLE, S3

NOW = datetime(2026, 3, 1, 0, 1, tzinfo=UTC)
PLAN = "dev-ew1-0123456789abcdef"
MODES = ["plan", "approve", "enforce"]
APPROVAL = Approval(plan_id=PLAN, plan_sha256="0" * 64, approver=APPROVER, approved_at="2026-03-01T00:00:00.000Z")

APPLICABLE: dict[str, Any] = {
    "name": "ledger",
    "effect": "sets the encryption",
    "resolves": True,
    "unrecorded": "",
    "waived": "",
    "written": None,
    "is_desired": False,
    "not_remediable": "",
    "plan_id": PLAN,
    "now": NOW,
    "approvals": ({APPROVER: APPROVAL}, []),
    "switch": switch.State("running", 1, "2026-02-01T00:00:00.000Z"),
    "exceeded": "",
    "used_up": "",
}
"""The facts of a resource to which only the last row applies."""

CASES: dict[str, dict[str, Any]] = {
    "has no recorded state": {"unrecorded": "ledger is not recorded"},
    "has a waiver in force": {"waived": "waiver crane"},
    "is not in scope": {"scope": ("another",)},
    "already has the desired state": {"is_desired": True},
    "cannot be remediated": {"not_remediable": "the bucket no longer exists"},
    "can be remediated": {},
    "has the same plan that AWS refused before": {"refused": PLAN},
    "its plan has too few valid approvals, and": {"approvals": ({}, ["it is for another plan"])},
    "its plan has too few valid approvals": {"approvals": ({}, [])},
    "the last action was rolled back": {"state": State.SUSPENDED},
    "the kill switch is engaged": {"switch": switch.State("stopped", 2, "2026-03-01T00:00:00.000Z")},
    "no change window is open": {"change_windows": ("mon 02:00-03:00",)},
    "the run needs more remediations": {"exceeded": "more than 5 remediations needed"},
    "the actions of the run or the day are used up": {"used_up": "20 actions were made"},
    "none of the above": {},
}
"""The beginning of each row's text, and the facts that make the row apply."""


class Row(NamedTuple):
    """A row of the table."""

    modes: list[str]
    resource: str
    outcome: str
    recorded: str

    @property
    def facts(self) -> dict[str, Any]:
        """The facts that make the row apply; the longest beginning is the row's own."""
        return CASES[max((each for each in CASES if self.resource.startswith(each)), key=len)]


def table() -> list[Row]:
    document = (Path(__file__).parents[3] / "docs" / "remediation.md").read_text(encoding="utf-8")
    section = document.partition("## Decision table")[2].partition("After a write, ")[0]
    cells = [re.split(r" *\| *", line.strip("| ")) for line in section.splitlines() if line.startswith("|")]
    return [
        Row(mode.split(", "), resource, outcome.strip("`"), "".join(more)) for mode, resource, outcome, *more in cells
    ]


_HEADINGS, _RULER, OFF, *ROWS = table()


def facts(mode: str, **changes: Any) -> Facts:
    """Returns the facts of a resource to which the last row applies, with changes."""
    progress = {name: changes.pop(name) for name in ("state", "refused") if name in changes}
    values = APPLICABLE | {name: value for name, value in changes.items() if name in APPLICABLE}
    environment = RemediateEnvironment(
        environment="dev",
        environment_suffix="ew1",
        account=ACCOUNT,
        regions=(REGION,),
        role=ROLE,
        rule=S3,
        mode=mode,
        aggregator="aggregator",
        journal_table="journal",
        audit_queue="audit",
        max_per_run=5,
        max_per_day=20,
        max_percent=100,
        approval_hours=24,
        first_evaluation="00:15",
        **{"scope": ("ledger",), "change_windows": ()}
        | {name: value for name, value in changes.items() if name not in APPLICABLE},
    )
    lazy = {each.name for each in fields(Facts) if "Callable" in str(each.type)}
    loaded = {name: (lambda value=value: value) if name in lazy else value for name, value in values.items()}
    return Facts(environment=environment, progress=Progress("finding", **progress), **loaded)


def merged(rows: Iterable[Row]) -> dict[str, Any]:
    """Returns facts that make all the rows apply; of two values of a fact, the upper row's."""
    return {name: value for row in reversed(list(rows)) for name, value in row.facts.items()}


def in_mode(mode: str, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if mode in row.modes]


def test_every_row_has_a_case_and_every_case_a_row() -> None:
    assert (OFF.modes, OFF.outcome) == (["off"], "no function")
    assert [row.facts for row in ROWS] == list(CASES.values()), "in the order of the table"
    assert all(row.resource.startswith(text) for row, text in zip(ROWS, CASES, strict=True))
    assert {mode for row in ROWS for mode in row.modes} == set(MODES)


@pytest.mark.parametrize("mode", MODES)
def test_each_row_decides(mode: str) -> None:
    for row in in_mode(mode, ROWS):
        assert decide(facts(mode, **row.facts)).outcome == row.outcome, row


@pytest.mark.parametrize("mode", MODES)
def test_a_row_applies_in_its_modes_only(mode: str) -> None:
    last = in_mode(mode, ROWS)[-1].outcome
    for row in ROWS:
        if mode not in row.modes:
            assert decide(facts(mode, **row.facts)).outcome == last, row


@pytest.mark.parametrize("mode", MODES)
def test_the_upper_of_two_rows_decides(mode: str) -> None:
    rows = in_mode(mode, ROWS)
    for number, row in enumerate(rows):
        for lower in rows[number + 1 :]:
            assert decide(facts(mode, **merged([row, lower]))).outcome == row.outcome, (row, lower)


@given(st.sampled_from(MODES), st.sets(st.integers(0, len(ROWS) - 2)))
def test_the_first_row_that_applies_decides(mode: str, numbers: set[int]) -> None:
    rows = [ROWS[number] for number in sorted(numbers)]
    first = [*in_mode(mode, rows), in_mode(mode, ROWS)[-1]][0]
    assert decide(facts(mode, **merged(rows))).outcome == first.outcome


def test_the_table_says_what_is_recorded_and_mailed() -> None:
    for row in ROWS:
        decision = decide(facts(row.modes[-1], **row.facts))
        assert ("e-mail" in row.recorded) == (decision.outcome in NOTIFIED), row
        assert ("log only" in row.recorded) == (decision.then is Then.COUNT), row
        assert ("intent" in row.recorded) == (decision.then is Then.APPLY), row


def read_by(mode: str, **changes: Any) -> list[str]:
    """Returns the facts that a decision reads, in order."""
    whole, read = facts(mode, **changes), []

    def noted(name: str) -> Any:
        return lambda: read.append(name) or getattr(whole, name)()  # type: ignore[func-returns-value]

    values = {each.name: getattr(whole, each.name) for each in fields(Facts)}
    decide(Facts(**{name: noted(name) if callable(value) else value for name, value in values.items()}))
    return list(dict.fromkeys(read))


@pytest.mark.parametrize(
    ("mode", "changes", "read"),
    [
        ("enforce", {"unrecorded": "not recorded"}, ""),
        ("enforce", {"scope": ()}, "waived"),
        ("plan", {}, "waived written is_desired not_remediable"),
        ("enforce", {"refused": PLAN}, "waived written is_desired not_remediable plan_id"),
        ("approve", {"approvals": ({}, [])}, "waived written is_desired not_remediable approvals"),
        ("approve", {}, "waived written is_desired not_remediable approvals switch now used_up"),
        ("enforce", {"state": State.SUSPENDED}, "waived written is_desired not_remediable"),
        ("enforce", {}, "waived written is_desired not_remediable switch now exceeded used_up"),
    ],
)
def test_a_fact_is_read_only_if_the_rows_above_do_not_decide(mode: str, changes: dict[str, Any], read: str) -> None:
    """In mode plan, and out of scope, the function's role has no permission to read the others."""
    assert read_by(mode, **changes) == read.split()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("written", "changes", "outcome"),
    [
        (Written(timedelta(), is_item_older=True), {}, "AWAITING_CONFIG"),
        (Written(PATIENCE), {"is_desired": True}, "AWAITING_CONFIG"),
        (Written(2 * PATIENCE, is_apply_pending=True), {"is_desired": True}, "AWAITING_CONFIG"),
        (Written(2 * PATIENCE), {"is_desired": True}, "NOT_FIXED"),
        (Written(timedelta()), {"is_desired": True, "resolves": False}, "CONTAINED"),
    ],
)
def test_after_a_write(mode: str, written: Written, changes: dict[str, Any], outcome: str) -> None:
    decision = decide(facts(mode, written=written, **changes))
    assert (decision.outcome, decision.changed_back) == (outcome, False)
    assert decide(facts(mode, written=written, waived="waiver crane", **changes)).outcome == "WAIVED"


def test_a_resource_that_was_changed_back_gets_a_new_attempt() -> None:
    assert decide(facts("enforce", written=Written(timedelta()))) == Decision(
        decide(facts("enforce")).outcome, "", Then.APPLY, changed_back=True
    )


OTHER = Approval(plan_id=PLAN, plan_sha256="0" * 64, approver="grace", approved_at=APPROVAL.approved_at)


@pytest.mark.parametrize(
    ("needed", "valid", "problems", "outcome", "text"),
    [
        (1, [], [], "AWAITING_APPROVAL", "approval required"),
        (2, [APPROVAL], [], "AWAITING_APPROVAL", "2 approvals required, 1 given"),
        (2, [APPROVAL], ["expired"], "APPROVAL_REFUSED", "the approval is not valid: expired"),
        (1, [APPROVAL], ["expired"], "APPLIED", ""),
        (2, [OTHER, APPROVAL], [], "APPLIED", ""),
    ],
)
def test_as_many_approvals_as_needed(
    needed: int, valid: list[Approval], problems: list[str], outcome: str, text: str
) -> None:
    approvals = ({each.approver: each for each in valid}, problems)
    decision = decide(facts("approve", approvals=approvals, approvals_needed=needed))
    assert (decision.outcome, decision.reason) == (outcome, text)
    approvers = ", ".join(sorted(each.approver for each in valid))
    assert decision.approver == (approvers if outcome == "APPLIED" else "")
