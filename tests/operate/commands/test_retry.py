from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.runtime import clients
from tests.handlers.conftest import StandingClock
from tests.support.remediation import OperatorTerminal
from tests.support.remediation_account import APPROVER
from tests.support.trails import records


@contextmanager
def refusing(code: str) -> Iterator[None]:
    """AWS refuses every write."""

    def refuse(*_: Any) -> None:
        answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        raise ClientError(answer, "PutBucketEncryption")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clients, "call", refuse)
        yield


@pytest.fixture
def refused(desk: OperatorTerminal) -> str:
    """The plan of a bucket whose encryption AWS has refused to set."""

    desk.bank.bucket()
    with refusing("UnsupportedOperation"):
        desk.bank.change()
    return desk.bank.plan_id()


def test_what_was_refused_is_tried_again_and_who_said_so_is_recorded(
    desk: OperatorTerminal, refused: str, time: StandingClock
) -> None:
    desk.bank.sweep()
    assert desk.bank.outcomes()[-1] == "OUTCOME REFUSED"
    said = desk.run("retry", refused, "--reason", "exception in the policy")
    assert "ledger is retried" in said
    last = records()[-1]
    assert (last["kind"], last["who"], last["why"]["reason"]) == (
        "RETRY",
        {"caller": APPROVER},
        "exception in the policy",
    )
    time.pass_by(60)
    desk.bank.sweep()
    assert desk.bank.algorithm() == "aws:kms"


def test_what_was_not_refused_is_not_tried_again(desk: OperatorTerminal, refused: str) -> None:
    desk.run("retry", refused, "--reason", "once")
    assert "is not the last rejected plan, which is none" in desk.run("retry", refused, "--reason", "twice", code=2)
    assert "--reason: is empty" in desk.run("retry", refused, "--reason", " ", code=2)


def test_what_is_under_way_meanwhile_is_left_alone(desk: OperatorTerminal, refused: str, time: StandingClock) -> None:
    desk.bank.encrypt_otherwise()
    time.pass_by(60)
    desk.bank.change()
    assert desk.bank.algorithm() == "aws:kms"
    assert "is not the last rejected plan" in desk.run("retry", refused, "--reason", "late", code=2)


def test_a_refused_plan_is_not_approved_but_the_one_that_follows_is(
    desk: OperatorTerminal, time: StandingClock
) -> None:
    desk.bank.configure(mode="approve")
    desk.bank.bucket()
    desk.bank.change()
    plan = desk.bank.plan_id()
    with refusing("UnsupportedOperation"):
        desk.bank.approve(plan)
    assert f"AWS rejected its calls; fix that, then: python -m operate retry {plan}" in desk.run(
        "approve", plan, "--yes", code=2
    )
    desk.run("retry", plan, "--reason", "it is fixed")
    time.pass_by(60)
    desk.bank.change()
    following = desk.bank.plan_id()
    assert following != plan
    desk.bank.approve(following)
    assert desk.bank.algorithm() == "aws:kms"


def test_a_plan_whose_approval_ended_while_aws_was_busy_is_approved_again(
    desk: OperatorTerminal, time: StandingClock
) -> None:
    desk.bank.configure(mode="approve")
    desk.bank.bucket()
    desk.bank.change()
    plan = desk.bank.plan_id()
    with refusing("OperationAborted"), pytest.raises(ClientError):
        desk.bank.approve(plan)
    time.pass_by(25 * 3600)
    desk.bank.sweep()
    assert desk.bank.outcomes()[-1] == "REFUSAL APPROVAL_REFUSED"
    assert "approved until" in desk.run("approve", plan, "--yes")
    desk.bank.sweep()
    assert desk.bank.algorithm() == "aws:kms"
