"""The decision table of docs/remediation.md, row by row: mode, scope, waiver, approval, switch, window, limit."""

from typing import Any

import pytest

from handlers.common.outcome import Outcome
from handlers.remediate import app
from tests.handlers.conftest import StandingClock
from tests.handlers.remediate.bank import APPROVER, ROLE, Bank
from tests.handlers.trails import records


def written(bank: Bank) -> bool:
    return bank.algorithm() == "aws:kms"


def waived(monkeypatch: pytest.MonkeyPatch) -> None:
    original = app._treatment

    def under_a_waiver(*given: Any) -> Any:
        import dataclasses

        return dataclasses.replace(original(*given), waived_by=lambda _resource: "waiver ledger-2026 until 2026-06-30")

    monkeypatch.setattr(app, "_treatment", under_a_waiver)


@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_waived(bank: Bank, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    bank.told(mode=mode)
    bank.bucket()
    waived(monkeypatch)
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), written(bank)) == (["REFUSAL WAIVED"], False)
    assert "ledger-2026" in records()[0]["what"]["reason"]


@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_out_of_scope(bank: Bank, mode: str) -> None:
    bank.told(mode=mode, scope=("another",))
    bank.bucket()
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), written(bank)) == (["REFUSAL OUT_OF_SCOPE"], False)


@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_as_it_should_be_already(bank: Bank, mode: str) -> None:
    bank.bucket()
    bank.change()
    bank.told(mode=mode, scope=("vault",))
    bank.bucket("vault")
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    bank.s3.put_bucket_encryption(Bucket="vault", ServerSideEncryptionConfiguration={"Rules": [rule]})
    bank.change("vault")
    assert bank.outcomes()[3:] == ["REFUSAL ALREADY_COMPLIANT"]


@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_not_remediable(bank: Bank, mode: str) -> None:
    bank.told(mode=mode, parameters={"allowed_kms_keys": ["arn:aws:kms:eu-central-1:111122223333:alias/bank"]})
    bank.bucket()
    bank.change()
    assert (bank.outcomes(), written(bank)) == (["REFUSAL NOT_REMEDIABLE"], False)
    assert "allowed_kms_keys has no key in eu-west-1" in records()[0]["what"]["reason"]


def test_plan(bank: Bank) -> None:
    bank.told(mode="plan")
    bank.bucket()
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), written(bank)) == (["PLAN WOULD_REMEDIATE"], False)
    assert bank.mails() == []


def test_plan_reads_no_switch_no_limit_and_no_approval(bank: Bank) -> None:
    bank.told(mode="plan", most_per_run=0, change_windows=("sat 02:00-03:00",))
    bank.turn("stopped")
    bank.bucket()
    bank.change()
    assert bank.outcomes() == ["PLAN WOULD_REMEDIATE"]


def test_enforce(bank: Bank) -> None:
    bank.bucket()
    bank.change()
    assert (bank.outcomes()[-1], written(bank)) == ("OUTCOME APPLIED", True)


def test_approve_waits_for_somebody(bank: Bank) -> None:
    bank.told(mode="approve")
    bank.bucket()
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), written(bank)) == (["PLAN WOULD_REMEDIATE", "REFUSAL AWAITING_APPROVAL"], False)
    assert [each.split()[1] for each in bank.mails()] == ["AWAITING_APPROVAL"]


def test_approved(bank: Bank) -> None:
    bank.told(mode="approve")
    bank.bucket()
    bank.change()
    bank.approve(bank.plan_id())
    assert bank.outcomes()[2:] == ["APPROVAL_USED APPLIED", "INTENT APPLIED", "OUTCOME APPLIED"]
    assert written(bank)
    assert records()[-1]["who"] == {"role": ROLE, "approver": APPROVER}


def test_an_approval_whose_event_was_lost_is_found_by_the_next_run(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.told(mode="approve")
    bank.bucket()
    bank.change()
    with monkeypatch.context() as patched:
        patched.setattr("tests.handlers.remediate.bank.handler", lambda *_: None)
        bank.approve(bank.plan_id())
    bank.sweep()
    assert written(bank)


def test_an_approval_is_used_once(bank: Bank, time: StandingClock) -> None:
    bank.told(mode="approve")
    bank.bucket()
    bank.change()
    approved = bank.plan_id()
    for _ in range(2):
        bank.approve(approved)
    assert bank.outcomes().count("APPROVAL_USED APPLIED") == 1
    bank.s3.delete_bucket_encryption(Bucket="ledger")
    time.pass_by(60)
    bank.change()
    assert not written(bank)
    bank.approve(approved)
    assert not written(bank)
    assert bank.outcomes()[-3:] == ["PLAN WOULD_REMEDIATE", "REFUSAL AWAITING_APPROVAL", "REFUSAL APPROVAL_REFUSED"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"approver": ROLE}, "is the plan's requester"),
        ({"approver": "arn:aws:sts::111122223333:assumed-role/remediate-dev-ew1/session"}, "is the plan's requester"),
        ({"plan_sha256": "0" * 64}, "with the hash 000"),
        ({"plan_id": "dev-ew1-0000000000000000"}, "it is for plan dev-ew1-0000000000000000"),
        ({"approved_at": "2026-02-27T23:59:00.000Z"}, "holds for 24 hours"),
        ({"approved_at": "2026-03-01T00:02:00.000Z"}, "yet to come"),
        ({"approved_at": "yesterday"}, "not an ISO 8601 time"),
        ({"approver": ""}, "a non-empty text is needed"),
    ],
)
def test_an_approval_that_does_not_hold(bank: Bank, changes: dict[str, str], why: str) -> None:
    bank.told(mode="approve")
    bank.bucket()
    bank.change()
    bank.approve(bank.plan_id(), changes=changes)
    bank.change()
    assert (bank.outcomes()[2:], written(bank)) == (["REFUSAL APPROVAL_REFUSED"], False)
    assert why in records()[-1]["what"]["reason"]
    assert bank.mails()[-1].split()[1] == "APPROVAL_REFUSED"


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"plan_id": 1}'])
def test_an_approval_that_is_none(bank: Bank, body: bytes) -> None:
    bank.told(mode="approve")
    bank.bucket()
    bank.change()
    bank.put_approval(bank.plan_id(), body)
    assert (bank.outcomes()[-1], written(bank)) == ("REFUSAL APPROVAL_REFUSED", False)
    assert "cannot be read" in records()[-1]["what"]["reason"]


def test_a_plan_whose_resource_has_changed_since_is_refused(bank: Bank) -> None:
    bank.told(mode="approve")
    bank.bucket()
    bank.change()
    approved = bank.plan_id()
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    bank.s3.put_bucket_encryption(Bucket="ledger", ServerSideEncryptionConfiguration={"Rules": [rule]})
    bank.approve(approved)
    assert bank.algorithm() == "AES256"
    assert bank.outcomes()[2:] == [
        "PLAN WOULD_REMEDIATE",
        "REFUSAL AWAITING_APPROVAL",
        "REFUSAL APPROVAL_REFUSED",
    ]
    assert "is not as it was" in records()[-1]["what"]["reason"]


@pytest.mark.parametrize("value", ["stopped", "", "Running", "on"])
@pytest.mark.parametrize("mode", ["approve", "enforce"])
def test_kill_switch(bank: Bank, mode: str, value: str) -> None:
    bank.bucket("vault")
    bank.told(scope=("vault",))
    bank.change("vault")
    bank.told(mode=mode)
    bank.bucket()
    bank.turn(value or " ")
    bank.change()
    if mode == "approve":
        bank.approve(bank.plan_id())
    assert (bank.outcomes()[-1], written(bank)) == ("REFUSAL SWITCHED_OFF", False)
    (turned,) = [each for each in records() if each["kind"] == "SWITCH_CHANGED"]
    assert (turned["before"], turned["after"]) == ({"value": "running"}, {"value": value or " "})
    bank.turn("running")
    bank.change()
    assert written(bank)


def test_kill_switch_between_the_intent_and_the_write(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    from handlers.common.trail import Kind
    from handlers.remediate.records import Recorder

    bank.bucket()
    original = Recorder.write

    def turned(recorder: Any, kind: Any, *given: Any) -> None:
        original(recorder, kind, *given)
        if kind == Kind.INTENT:
            bank.turn("stopped")

    monkeypatch.setattr(Recorder, "write", turned)
    bank.change()
    assert not written(bank)
    assert bank.outcomes()[-3:] == ["INTENT APPLIED", "SWITCH_CHANGED", "OUTCOME SWITCHED_OFF"]


@pytest.mark.parametrize("mode", ["approve", "enforce"])
def test_outside_the_change_window(bank: Bank, time: StandingClock, mode: str) -> None:
    bank.told(mode=mode, change_windows=("sun 02:00-03:00",))  # the clock stands on a Sunday, 00:01
    bank.bucket()
    for _ in range(2):
        bank.change()
        if mode == "approve":
            bank.approve(bank.plan_id())
    assert (bank.outcomes()[-1], written(bank)) == ("REFUSAL OUTSIDE_WINDOW", False)
    time.pass_by(2 * 3600)
    bank.sweep()
    assert written(bank)


def test_a_run_that_would_need_too_much_does_nothing(bank: Bank) -> None:
    names = ("ledger", "vault", "third")
    bank.told(scope=names, most_per_run=2)
    for name in (*names, "not-in-scope"):
        bank.bucket(name)
    bank.sweep()
    assert [bank.algorithm(name) for name in names] == [None] * 3
    assert bank.outcomes() == ["PLAN WOULD_REMEDIATE", "REFUSAL LIMIT_REACHED"] * 3
    assert [each.split()[1] for each in bank.mails()] == ["LIMIT_REACHED"]


def test_limit_of_a_run(bank: Bank, time: StandingClock) -> None:
    """Config finds one at a time, so that no run looks too large."""
    bank.told(scope=("ledger", "vault", "third"), most_per_run=2)
    for name in ("ledger", "vault", "third"):
        bank.config.violating.clear()
        bank.bucket(name)
        bank.change(name)
    assert (bank.algorithm("vault"), bank.algorithm("third")) == ("aws:kms", None)
    assert "most_actions_per_run" in records()[-1]["what"]["reason"]
    time.pass_by(6 * 3600)
    bank.change("third")
    assert bank.algorithm("third") == "aws:kms"


@pytest.mark.parametrize("mode", ["approve", "enforce"])
@pytest.mark.parametrize(
    ("limits", "setting"),
    [
        ({"most_per_day": 1, "most_percent": 100}, "most_actions_per_day"),
        ({"most_per_day": 20, "most_percent": 1}, "most_percent_per_day"),
    ],
)
def test_limit_of_a_day(bank: Bank, time: StandingClock, mode: str, limits: dict[str, int], setting: str) -> None:
    bank.told(mode=mode, scope=("ledger", "vault"), **limits)
    for name in ("ledger", "vault"):
        bank.config.violating.clear()
        bank.bucket(name)
        bank.change(name)
        if mode == "approve":
            bank.approve(bank.plan_id())
        time.pass_by(7 * 3600)
    assert (bank.algorithm(), bank.algorithm("vault")) == ("aws:kms", None)
    assert (bank.outcomes()[-1], setting in records()[-1]["what"]["reason"]) == ("REFUSAL LIMIT_REACHED", True)
    time.pass_by(11 * 3600)
    bank.change("vault")
    assert bank.algorithm("vault") == "aws:kms"


def test_of_few_resources_one_may_always_be_repaired(bank: Bank) -> None:
    bank.config.discovered = 3
    bank.told(most_percent=1)
    bank.bucket()
    bank.change()
    assert written(bank)


def test_the_last_action_goes_to_one_of_two(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    from handlers.remediate.limits import Limits

    bank.bucket()
    monkeypatch.setattr(Limits, "reached", lambda *_: None)
    bank.told(most_per_day=1)
    assert bank.journal.count(f"{bank.rule}/day/2026-03-01", 1, expires=0)
    bank.change()
    assert (bank.outcomes()[-1], written(bank)) == ("REFUSAL LIMIT_REACHED", False)


def test_every_outcome_has_a_row() -> None:
    """Told elsewhere: what comes of a write, in test_app and test_rules; ROLLED_BACK and HELD, with the command."""
    elsewhere = {"FAILED", "NOT_VERIFIED", "SUPERSEDED", "AWAITING_CONFIG", "CONTAINED", "NOT_FIXED", "REMEDIATED"}
    elsewhere |= {"GONE", "ROLLED_BACK", "HELD"}
    here = {"WAIVED", "OUT_OF_SCOPE", "ALREADY_COMPLIANT", "NOT_REMEDIABLE", "WOULD_REMEDIATE", "AWAITING_APPROVAL"}
    here |= {"APPROVAL_REFUSED", "SWITCHED_OFF", "OUTSIDE_WINDOW", "LIMIT_REACHED", "APPLIED"}
    assert elsewhere | here == set(Outcome)
