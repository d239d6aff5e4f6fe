import json
import sys
from io import StringIO

import pytest

from handlers.common.model.approval import Approval
from handlers.common.model.remediation import Mode
from handlers.common.stores.report_bucket import approval_key
from tests.handlers.conftest import StandingClock
from tests.support.remediation import OperatorTerminal
from tests.support.remediation_account import APPROVER, ROLE, S3, created, handler
from tests.support.trails import BUCKET, records


def planned(desk: OperatorTerminal) -> str:
    desk.bank.configure(mode="approve")
    desk.bank.bucket()
    desk.bank.change()
    return desk.bank.plan_id()


def test_shows_the_plan_and_puts_the_approval_that_the_function_takes(desk: OperatorTerminal) -> None:
    plan_id = planned(desk)
    said = desk.run("approve", plan_id, "--yes")
    for part in (plan_id, S3, "ledger", ROLE, "put_bucket_encryption", "Risk:", "SHA-256:", f"Caller:    {APPROVER}"):
        assert part in said
    assert "approved until 2026-03-02T00:01:00.000Z" in said
    handler(created(approval_key(S3, plan_id, APPROVER)), None)
    assert desk.bank.algorithm() == "aws:kms"
    used = next(record for record in records() if record["kind"] == "APPROVAL_USED")
    assert used["who"]["approver"] == APPROVER


def test_asks_for_the_beginning_of_the_hash(desk: OperatorTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_id = planned(desk)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    assert "not approved" in desk.run("approve", plan_id, code=1)
    monkeypatch.setattr("builtins.input", lambda _question: plan_id.rpartition("-")[2][:8])
    assert "approved until" in desk.run("approve", plan_id)


def test_no_one_to_ask_is_no_approval(desk: OperatorTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_id = planned(desk)
    monkeypatch.setattr(sys, "stdin", StringIO(""))
    assert "allowed: --yes" in desk.run("approve", plan_id, code=2)


@pytest.mark.parametrize(
    "who",
    [
        ROLE,
        "arn:aws:sts::111122223333:assumed-role/remediate-dev-ew1/anything",
        "arn:aws:sts::111122223333:assumed-role/report-dev-ew1/report-dev-ew1",
    ],
)
def test_neither_the_requester_nor_any_role_of_ours_approves(desk: OperatorTerminal, who: str) -> None:
    plan_id = planned(desk)
    desk.sit_down(who)
    assert "is the plan's requester or a role of the monitor" in desk.run("approve", plan_id, "--yes", code=2)


@pytest.mark.parametrize(
    ("plan_id", "why"),
    [
        ("dev-ew1", "not a plan of an environment; allowed: dev-ew1-"),
        ("stage-ew1-0123456789abcdef", "not a plan of an environment; allowed: dev-ew1-"),
        ("dev-ew1-0123456789abcdef", "there is no plan dev-ew1-0123456789abcdef"),
    ],
)
def test_an_id_of_no_plan(desk: OperatorTerminal, plan_id: str, why: str) -> None:
    assert why in desk.run("approve", plan_id, "--yes", code=2)


def test_a_plan_that_was_tampered_with(desk: OperatorTerminal) -> None:
    plan_id = planned(desk)
    key = f"plans/{plan_id}.json"
    body = json.loads(desk.bank.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    desk.bank.s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(body | {"name": "another"}).encode())
    assert "has the hash of plan" in desk.run("approve", plan_id, "--yes", code=2)


def test_in_another_mode_nothing_waits_for_approval(desk: OperatorTerminal) -> None:
    plan_id = planned(desk)
    desk.configure(Mode.PLAN)
    assert "has mode plan; allowed: mode approve" in desk.run("approve", plan_id, "--yes", code=2)


def test_once_and_for_the_resource_as_it_was(desk: OperatorTerminal, time: StandingClock) -> None:
    plan_id = planned(desk)
    desk.run("approve", plan_id, "--yes")
    assert f"the approval by {APPROVER} at 2026-03-01" in desk.run("approve", plan_id, "--yes", code=2)
    time.pass_by(25 * 3600)
    assert "approved until" in desk.run("approve", plan_id, "--yes"), "the first has expired"
    handler(created(approval_key(S3, plan_id, APPROVER)), None)
    assert "was applied; a plan can be approved only once" in desk.run("approve", plan_id, "--yes", code=2)


def test_the_second_of_two_approvers_is_asked_for(desk: OperatorTerminal) -> None:
    desk.configure(Mode.APPROVE, approvals_needed=2)
    plan_id = planned(desk)
    assert "approved; 1 more approval required, by another principal" in desk.run("approve", plan_id, "--yes")
    assert f"the approval by {APPROVER} at 2026-03-01" in desk.run("approve", plan_id, "--yes", code=2)
    desk.sit_down("arn:aws:iam::111122223333:user/grace")
    assert "approved until" in desk.run("approve", plan_id, "--yes")
    desk.sit_down("arn:aws:iam::111122223333:user/barbara")
    assert "is still valid" in desk.run("approve", plan_id, "--yes", code=2)


def test_a_later_plan_takes_its_place(desk: OperatorTerminal, time: StandingClock) -> None:
    plan_id = planned(desk)
    encrypted = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    desk.bank.s3.put_bucket_encryption(Bucket="ledger", ServerSideEncryptionConfiguration=encrypted)
    time.pass_by(60)
    desk.bank.change()
    said = desk.run("approve", plan_id, "--yes", code=2)
    assert f"has changed; its current plan is {desk.bank.plan_id()}" in said


def test_an_unreadable_approval_is_replaced(desk: OperatorTerminal) -> None:
    plan_id = planned(desk)
    desk.bank.s3.put_object(Bucket=BUCKET, Key=approval_key(S3, plan_id, APPROVER), Body=b"yes")
    desk.run("approve", plan_id, "--yes")
    body = desk.bank.s3.get_object(Bucket=BUCKET, Key=approval_key(S3, plan_id, APPROVER))["Body"].read()
    assert Approval.from_json(body).approver == APPROVER
