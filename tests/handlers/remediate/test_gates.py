"""The rows of the decision table for kill switch, change window and limits."""

from typing import Any

import pytest

from tests.handlers.conftest import StandingClock
from tests.support.remediation_account import EC2, RemediationAccount
from tests.support.trails import records


def written(bank: RemediationAccount) -> bool:
    return bank.algorithm() == "aws:kms"


@pytest.mark.parametrize("value", ["stopped", "", "Running", "on"])
@pytest.mark.parametrize("mode", ["approve", "enforce"])
def test_kill_switch(bank: RemediationAccount, mode: str, value: str) -> None:
    bank.bucket("vault")
    bank.configure(scope=("vault",))
    bank.change("vault")
    bank.configure(mode=mode)
    bank.bucket()
    bank.turn(value or " ")
    bank.change()
    if mode == "approve":
        bank.approve(bank.plan_id())
    assert (bank.outcomes()[-1], written(bank)) == ("REFUSAL KILL_SWITCH_ENGAGED", False)
    (turned,) = [each for each in records() if each["kind"] == "SWITCH_CHANGED"]
    assert (turned["before"], turned["after"]) == ({"value": "running"}, {"value": value or " "})
    bank.turn("running")
    bank.change()
    assert written(bank)


def test_kill_switch_between_the_intent_and_the_write(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.common.stores.audit_trail import Kind
    from handlers.remediate.records import AuditRecorder

    bank.bucket()
    original = AuditRecorder.write

    def turned(recorder: Any, kind: Any, *given: Any) -> None:
        original(recorder, kind, *given)
        if kind == Kind.INTENT:
            bank.turn("stopped")

    monkeypatch.setattr(AuditRecorder, "write", turned)
    bank.change()
    assert not written(bank)
    assert bank.outcomes()[-3:] == ["INTENT APPLIED", "SWITCH_CHANGED", "OUTCOME KILL_SWITCH_ENGAGED"]


@pytest.mark.parametrize("mode", ["approve", "enforce"])
def test_outside_the_change_window(bank: RemediationAccount, time: StandingClock, mode: str) -> None:
    bank.configure(mode=mode, change_windows=("sun 02:00-03:00",))  # the clock is at Sunday, 00:01
    bank.bucket()
    for _ in range(2):
        bank.change()
        if mode == "approve":
            bank.approve(bank.plan_id())
    assert (bank.outcomes()[-1], written(bank)) == ("REFUSAL OUTSIDE_WINDOW", False)
    time.pass_by(2 * 3600)
    bank.sweep()
    assert written(bank)


def test_a_run_above_its_limit_does_nothing(bank: RemediationAccount) -> None:
    names = ("ledger", "vault", "third")
    bank.configure(scope=names, max_per_run=2)
    for name in (*names, "not-in-scope"):
        bank.bucket(name)
    bank.sweep()
    assert [bank.algorithm(name) for name in names] == [None] * 3
    assert bank.outcomes() == ["PLAN WOULD_REMEDIATE", "REFUSAL LIMIT_REACHED"] * 3
    assert [each.split()[1] for each in bank.mails()] == ["LIMIT_REACHED"]


def test_limit_of_a_run(bank: RemediationAccount, time: StandingClock) -> None:
    """Reports one violation at a time, so that no run exceeds its limit."""
    bank.configure(scope=("ledger", "vault", "third"), max_per_run=2)
    for name in ("ledger", "vault", "third"):
        bank.config.violating.clear()
        bank.bucket(name)
        bank.change(name)
    assert (bank.algorithm("vault"), bank.algorithm("third")) == ("aws:kms", None)
    assert "max_actions_per_run" in records()[-1]["what"]["reason"]
    time.pass_by(6 * 3600)
    bank.change("third")
    assert bank.algorithm("third") == "aws:kms"


@pytest.mark.parametrize("mode", ["approve", "enforce"])
@pytest.mark.parametrize(
    ("limits", "setting"),
    [
        ({"max_per_day": 1, "max_percent": 100}, "max_actions_per_day"),
        ({"max_per_day": 20, "max_percent": 1}, "max_percent_per_day"),
    ],
)
def test_limit_of_a_day(
    bank: RemediationAccount, time: StandingClock, mode: str, limits: dict[str, int], setting: str
) -> None:
    bank.configure(mode=mode, scope=("ledger", "vault"), **limits)
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


def test_one_of_few_resources_may_always_be_remediated(bank: RemediationAccount) -> None:
    bank.config.discovered = 3
    bank.configure(max_percent=1)
    bank.bucket()
    bank.change()
    assert written(bank)


def test_the_last_action_goes_to_one_event(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    from handlers.remediate.limits import Limits

    bank.bucket()
    monkeypatch.setattr(Limits, "reached", lambda *_: None)
    bank.configure(max_per_day=1)
    assert bank.journal.enter(f"{bank.rule}/day/2026-03-01", "another", 1, expires=0)
    bank.change()
    assert (bank.outcomes()[-1], written(bank)) == ("REFUSAL LIMIT_REACHED", False)


def test_unconfirmed_remediations_do_not_count_again(bank: RemediationAccount, time: StandingClock) -> None:
    """Checks that stopped instances, which stay non-compliant, do not use up the limit."""
    first = bank.instance()
    bank.configure(EC2, scope=(first,), max_per_run=1)
    bank.change(first)
    time.pass_by(7 * 3600)
    bank.record_instance(first, "stopped")
    second = bank.instance()
    bank.configure(EC2, scope=(first, second), max_per_run=1)
    bank.change(second)
    assert bank.instance_state(second) == "stopped"
