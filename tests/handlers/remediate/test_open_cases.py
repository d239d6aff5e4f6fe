"""Each open case is in the list of its rule, wherever an invocation ends."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.model.finding import finding_id
from handlers.common.runtime import clients
from handlers.common.stores import open_cases
from handlers.common.stores.journal import Journal
from handlers.remediate.progress import InProgressError, Progress, ProgressStore, State
from tests.handlers.conftest import StandingClock
from tests.support.changes import ACCOUNT
from tests.support.remediation_account import REGION, S3, TYPES, RemediationAccount

LEDGER = finding_id(S3, ACCOUNT, REGION, TYPES[S3], "ledger")
DONE = ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]


def listed(bank: RemediationAccount) -> list[str]:
    return open_cases.listed(bank.journal, S3)


def state(bank: RemediationAccount) -> str:
    return ProgressStore(bank.journal).get(LEDGER).state


def fails(*_: Any) -> None:
    raise KeyboardInterrupt


def refuses(code: str) -> Any:
    def refuse(*_: Any) -> None:
        answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        raise ClientError(answer, "PutBucketEncryption")

    return refuse


def test_from_the_intent_until_config_confirms(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    original = clients.call

    def looks(*given: Any) -> None:
        seen.append(listed(bank))
        original(*given)

    monkeypatch.setattr(clients, "call", looks)
    bank.bucket()
    bank.change()
    assert seen == [[LEDGER]]
    assert listed(bank) == [LEDGER]
    time.pass_by(60)
    bank.change(compliance="COMPLIANT")
    assert (state(bank), listed(bank)) == (State.IDLE, [])


def test_no_case_is_listed_without_a_write(bank: RemediationAccount) -> None:
    bank.configure(mode="plan")
    bank.bucket()
    bank.change()
    assert listed(bank) == []
    bank.configure(scope=("other",))
    bank.change()
    assert listed(bank) == []


def test_case_that_cannot_be_listed_is_not_started(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "raise_number", fails)
        with pytest.raises(KeyboardInterrupt):
            bank.change()
    assert bank.outcomes() == DONE[:1]
    assert state(bank) == State.IDLE
    bank.change()
    assert bank.outcomes() == DONE


@pytest.mark.parametrize("code", ["OperationAborted", "UnsupportedOperation"])
def test_case_denied_by_aws_is_unlisted(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    bank.bucket()
    monkeypatch.setattr(clients, "call", refuses(code))
    if code == "OperationAborted":
        with pytest.raises(ClientError):
            bank.change()
    else:
        bank.change()
    assert (state(bank), listed(bank)) == (State.IDLE, [])


def test_case_stopped_by_the_kill_switch_is_removed_from_the_list(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    original = ProgressStore.put

    def stops(self: ProgressStore, case: Progress) -> Progress:
        if case.state == State.IN_PROGRESS:
            bank.turn("stopped")
        return original(self, case)

    monkeypatch.setattr(ProgressStore, "put", stops)
    bank.change()
    assert bank.outcomes()[-1] == "OUTCOME KILL_SWITCH_ENGAGED"
    assert (state(bank), listed(bank)) == (State.IDLE, [])


def test_superseded_case_is_removed_from_the_list(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    with monkeypatch.context() as patched:
        patched.setattr(clients, "call", fails)
        with pytest.raises(KeyboardInterrupt):
            bank.change()
    assert (state(bank), listed(bank)) == (State.IN_PROGRESS, [LEDGER])
    bank.s3.delete_bucket(Bucket="ledger")
    time.pass_by(301)
    bank.change()
    assert "OUTCOME SUPERSEDED" in bank.outcomes()
    assert (state(bank), listed(bank)) == (State.IDLE, [])


def test_case_killed_before_its_removal_is_removed_by_the_next_result(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    bank.change()
    time.pass_by(60)
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "remove_number", fails)
        with pytest.raises(KeyboardInterrupt):
            bank.change(compliance="COMPLIANT")
    assert (state(bank), listed(bank)) == (State.IDLE, [LEDGER])
    bank.change(compliance="COMPLIANT")
    assert (state(bank), listed(bank)) == (State.IDLE, [])
    assert bank.outcomes() == [*DONE, "VERIFICATION REMEDIATED"]


@pytest.mark.parametrize("mode", ["plan", "enforce"])
def test_case_killed_before_its_intent_is_removed_by_the_next_result(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    bank.bucket()
    with monkeypatch.context() as patched:
        put = Journal.replace
        patched.setattr(
            Journal,
            "replace",
            lambda self, key, values, seen: (
                fails() if values["state"] == "IN_PROGRESS" else put(self, key, values, seen)
            ),
        )
        with pytest.raises(KeyboardInterrupt):
            bank.change()
    assert (state(bank), listed(bank)) == (State.IDLE, [LEDGER])
    bank.configure(mode=mode)
    time.pass_by(60)
    bank.change(compliance="COMPLIANT")
    assert listed(bank) == []
    assert bank.outcomes() == DONE[:1]


def test_case_removed_before_its_intent_is_not_remediated(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Delivers an old result of AWS Config between the entry and the case."""
    bank.bucket()
    original, came = open_cases.enter, []

    def enter(*given: Any) -> None:
        original(*given)
        if not came:
            came.append(given)
            bank.change(compliance="COMPLIANT", at="2026-01-01T00:00:00Z")

    monkeypatch.setattr(open_cases, "enter", enter)
    with pytest.raises(InProgressError):
        bank.change()
    assert (bank.outcomes(), listed(bank)) == (DONE[:1], [])
    bank.change()
    assert (bank.outcomes(), listed(bank)) == (DONE, [LEDGER])


def test_case_started_again_during_a_removal_stays_listed(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    bank.change()
    time.pass_by(60)
    original = open_cases.leave

    def leave(*given: Any) -> None:
        monkeypatch.setattr(open_cases, "leave", original)
        bank.encrypt_otherwise()
        time.pass_by(60)
        bank.change()
        original(*given)

    monkeypatch.setattr(open_cases, "leave", leave)
    bank.change(compliance="COMPLIANT")
    assert bank.outcomes() == [*DONE, "VERIFICATION REMEDIATED", *DONE]
    assert (state(bank), listed(bank)) == (State.APPLIED, [LEDGER])
