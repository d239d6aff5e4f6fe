"""Approvals, kill switch and change windows of rollbacks, and emergencies."""

import re
from datetime import timedelta

import pytest

from handlers.common.model.remediation import Mode
from handlers.common.runtime import clock
from tests.handlers.conftest import StandingClock
from tests.support.remediation import OperatorTerminal
from tests.support.remediation_account import APPROVER
from tests.support.rollbacks import IN_EMERGENCY, done, rollbacks
from tests.support.trails import records

ROLE_OF_ADA = "arn:aws:sts::111122223333:assumed-role/Operators/{session}"
SECOND, THIRD = "arn:aws:iam::111122223333:user/second", "arn:aws:iam::111122223333:user/third"


def requested(desk: OperatorTerminal, action: str) -> str:
    """Returns the plan of a rollback that awaits approval."""
    said = desk.run("rollback", action, "--yes", code=1)
    assert "not rolled back: " in said
    [plan_id] = re.findall(r"operate approve (\S+)", said)
    return str(plan_id)


def approve(desk: OperatorTerminal, plan_id: str, who: str = SECOND, *, code: int = 0) -> str:
    desk.sit_down(who)
    said = desk.run("approve", plan_id, "--yes", code=code)
    desk.sit_down(APPROVER)
    return said


def test_another_principal_approves_the_rollback_and_the_requester_applies_it(
    desk: OperatorTerminal, time: StandingClock
) -> None:
    action = done(desk)
    time.pass_by(60)
    plan_id = requested(desk, action)
    assert desk.bank.algorithm() == "aws:kms"
    assert requested(desk, action) == plan_id
    assert f"now runs: python -m operate rollback {action}" in approve(desk, plan_id)
    said = desk.run("rollback", action, "--yes")
    assert f"Undoes:    {action}" in said and "rolled back;" in said
    assert desk.bank.algorithm() != "aws:kms"
    steps = ["ROLLBACK_PLAN AWAITING_APPROVAL", "ROLLBACK_INTENT ROLLED_BACK", "ROLLBACK_OUTCOME ROLLED_BACK"]
    assert rollbacks(desk) == steps
    last = records()[-1]
    assert (last["who"], last["ids"]["undoes"]) == ({"caller": APPROVER, "approver": SECOND}, action)
    assert "emergency" not in last["why"]
    assert last["before"]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    for _ in range(2):
        desk.bank.change()
    assert desk.bank.outcomes()[-1] == "REFUSAL SUSPENDED"
    assert desk.bank.algorithm() != "aws:kms"
    assert "that was" in desk.run("rollback", action, "--yes", code=2)
    assert "which is not the last action" in approve(desk, plan_id, THIRD, code=2)


def test_an_emergency_needs_no_approval_and_its_record_has_the_reason(desk: OperatorTerminal) -> None:
    action = done(desk)
    desk.run("rollback", action, *IN_EMERGENCY)
    assert desk.bank.algorithm() != "aws:kms"
    assert rollbacks(desk) == ["ROLLBACK_INTENT ROLLED_BACK", "ROLLBACK_OUTCOME ROLLED_BACK"]
    for each in records()[-2:]:
        assert (each["who"], each["why"]["emergency"]) == ({"caller": APPROVER}, "incident 4711")


def test_emergency_without_a_reason_is_refused(desk: OperatorTerminal) -> None:
    said = desk.run("rollback", done(desk), "--yes", "--emergency", " ", code=2)
    assert "--emergency: is empty" in said and rollbacks(desk) == []


def test_requester_cannot_approve_the_own_rollback_with_another_role(desk: OperatorTerminal) -> None:
    plan_id = requested(desk, done(desk))
    other_role = APPROVER.replace("_Approvers_", "_Administrators_")
    assert other_role != APPROVER
    assert "is the plan's requester" in approve(desk, plan_id, other_role, code=2)


def test_plan_is_the_same_in_the_next_session_of_a_role(desk: OperatorTerminal) -> None:
    action = done(desk)
    plans = []
    for session in ("botocore-session-1", "botocore-session-2"):
        desk.sit_down(ROLE_OF_ADA.format(session=session))
        plans.append(requested(desk, action))
    assert plans[0] == plans[1]


def test_two_approvals_of_two_principals_where_the_rule_needs_two(desk: OperatorTerminal) -> None:
    desk.configure(Mode.ENFORCE, approvals_needed=2)
    action = done(desk)
    plan_id = requested(desk, action)
    assert "1 more approval required" in approve(desk, plan_id)
    assert "2 approvals required, 1 given" in desk.run("rollback", action, "--yes", code=1)
    assert "is still valid" in approve(desk, plan_id, code=2)
    approve(desk, plan_id, THIRD)
    desk.run("rollback", action, "--yes")
    assert records()[-1]["who"]["approver"] == f"{SECOND}, {THIRD}"


@pytest.mark.parametrize("changes", [{"approved_at": "old"}, {"plan_sha256": "0" * 64}, {"approver": APPROVER}])
def test_invalid_approval_of_a_rollback(desk: OperatorTerminal, changes: dict[str, str]) -> None:
    action = done(desk)
    plan_id = requested(desk, action)
    if "approved_at" in changes:
        changes = {"approved_at": clock.stamp(clock.now() - timedelta(hours=25))}
    desk.bank.approve(plan_id, SECOND, changes)
    said = desk.run("rollback", action, "--yes", code=1)
    assert "approval required; an approval is not valid: " in said
    assert desk.bank.algorithm() == "aws:kms"


def test_function_leaves_an_approved_rollback_to_the_operator(desk: OperatorTerminal) -> None:
    desk.bank.configure(mode="approve")
    desk.bank.bucket()
    desk.bank.change()
    action = desk.bank.plan_id()
    desk.bank.approve(action)
    before = desk.bank.outcomes()
    desk.bank.approve(requested(desk, action), SECOND)
    assert desk.bank.outcomes() == [*before, "ROLLBACK_PLAN AWAITING_APPROVAL"]
    assert desk.bank.algorithm() == "aws:kms"


def test_outside_change_windows_only_in_an_emergency(desk: OperatorTerminal) -> None:
    desk.configure(Mode.ENFORCE, change_windows=("sat 02:00-03:00",))
    action = done(desk)
    approve(desk, requested(desk, action))
    said = desk.run("rollback", action, "--yes", code=2)
    assert 'no change window is open: sat 02:00-03:00 UTC; allowed: in a window, or --emergency "REASON"' in said
    desk.run("rollback", action, *IN_EMERGENCY)
    assert desk.bank.algorithm() != "aws:kms"


def test_while_writes_are_stopped_only_in_an_emergency(desk: OperatorTerminal) -> None:
    action = done(desk)
    approve(desk, requested(desk, action))
    desk.bank.turn("stopped")
    assert 'allowed: when it is released, or --emergency "REASON"' in desk.run("rollback", action, "--yes", code=2)
    assert "rolled back;" in desk.run("rollback", action, *IN_EMERGENCY)
