"""Remediations that fail or are killed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.runtime import clients
from handlers.remediate.progress import InProgressError, ProgressStore
from tests.handlers.conftest import StandingClock
from tests.support.killed import kill_while_writing
from tests.support.remediation_account import RemediationAccount
from tests.support.trails import records

DONE = ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(409, "OperationAborted", DONE[1:]), (500, "InternalError", ["OUTCOME FAILED", *DONE[1:]])],
)
def test_a_failed_call_is_recorded_and_retried(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, status: int, code: str, words: list[str]
) -> None:
    def refused(*_: Any) -> None:
        error = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(error, "PutBucketEncryption")  # type: ignore[arg-type]

    bank.bucket()
    with monkeypatch.context() as patched:
        patched.setattr(clients, "call", refused)
        with pytest.raises(ClientError, match=code):
            bank.change()
    assert bank.outcomes()[-1] == "OUTCOME FAILED"
    bank.change()
    # After a denial nothing was written; without a response an operator has to check.
    assert bank.outcomes()[3:] == words
    assert bank.algorithm() == "aws:kms"


def test_a_different_plan_after_a_crash_is_recorded(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(*_: Any) -> None:
        raise ConnectionError("AWS cannot be reached")

    bank.bucket()
    with monkeypatch.context() as patched, pytest.raises(ConnectionError):
        patched.setattr(ProgressStore, "put", dying)
        bank.change()
    bank.encrypt_otherwise()
    bank.change()
    assert bank.outcomes() == [DONE[0], *DONE]
    first, second, *_ = (record["ids"]["plan_id"] for record in records())
    assert first != second


def test_a_concurrent_invocation_is_waited_for(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()

    def meanwhile(*_: Any) -> None:
        for compliance in ("NON_COMPLIANT", "COMPLIANT"):
            with pytest.raises(InProgressError):
                bank.change(compliance=compliance)
        raise KeyboardInterrupt

    monkeypatch.setattr(clients, "call", meanwhile)
    with pytest.raises(KeyboardInterrupt):
        bank.change()
    assert bank.outcomes() == DONE[:2]


@pytest.mark.parametrize("written", [True, False])
def test_a_crash_after_the_intent_is_found_by_the_next_run(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    bank.bucket()
    kill_while_writing(monkeypatch, bank.change, written=written)
    time.pass_by(301)
    bank.change()
    assert bank.algorithm() == "aws:kms"
    found = ["OUTCOME APPLIED"] if written else ["OUTCOME FAILED", "INTENT APPLIED", "OUTCOME APPLIED"]
    assert bank.outcomes() == [*DONE[:2], *found]
    assert "an invocation" in records()[2]["what"]["reason"]


def test_a_crash_after_the_intent_is_found_by_a_result(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    kill_while_writing(monkeypatch, bank.change)
    time.pass_by(301)
    bank.change(compliance="COMPLIANT")
    assert bank.outcomes() == [*DONE, "VERIFICATION REMEDIATED"]


def test_a_crash_after_which_someone_else_changed_the_resource(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.configure(s3_keys=["arn:aws:kms:eu-west-1:111122223333:alias/bank"])
    bank.bucket()
    kill_while_writing(monkeypatch, bank.change, written=False)
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    bank.s3.put_bucket_encryption(Bucket="ledger", ServerSideEncryptionConfiguration={"Rules": [rule]})
    time.pass_by(301)
    bank.change()
    assert bank.outcomes() == [*DONE[:2], "OUTCOME SUPERSEDED", *DONE]


def test_a_crash_after_which_the_bucket_is_deleted(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    kill_while_writing(monkeypatch, bank.change, written=False)
    bank.s3.delete_bucket(Bucket="ledger")
    with pytest.raises(InProgressError):
        bank.change()
    time.pass_by(301)
    bank.change()
    assert bank.outcomes()[2:] == ["OUTCOME SUPERSEDED", "REFUSAL NOT_REMEDIABLE"]


def test_a_resource_that_is_removed_after_the_write_is_not_remediable(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = clients.call

    def removed(*given: Any) -> None:
        write(*given)
        bank.s3.delete_bucket(Bucket="ledger")

    bank.bucket()
    monkeypatch.setattr(clients, "call", removed)
    bank.change()
    assert bank.outcomes() == [*DONE[:2], "REFUSAL NOT_REMEDIABLE"]
    assert records()[-1]["what"]["reason"] == "the bucket ledger no longer exists"
