"""The remediation of one finding, and events that do not apply to it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.runtime import clients, clock
from handlers.remediate.action import NotVerifiedError
from handlers.remediate.app import FailedSweepError
from handlers.rules import RULES
from tests.handlers.conftest import StandingClock
from tests.support.remediation_account import ROLE, S3, RemediationAccount
from tests.support.trails import records

DONE = ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]


def test_remediated_only_when_config_confirms(bank: RemediationAccount, time: StandingClock) -> None:
    bank.bucket()
    bank.change()
    assert bank.algorithm() == "aws:kms"
    assert bank.outcomes() == DONE
    assert bank.config.started == [f"{S3}-dev-ew1"]
    time.pass_by(60)
    bank.change(compliance="COMPLIANT")
    assert bank.outcomes() == [*DONE, "VERIFICATION REMEDIATED"]


def test_record_has_who_what_and_why(bank: RemediationAccount) -> None:
    bank.bucket()
    bank.change()
    record = records()[-1]
    assert record["who"] == {"role": ROLE}
    assert (record["what"]["resource_id"], record["what"]["mode"]) == ("ledger", "enforce")
    assert record["what"]["calls"][0]["operation"] == "put_bucket_encryption"
    assert record["why"]["controls"] == list(RULES[S3].controls)
    assert record["why"]["finding_id"] == f"{S3}/111122223333/eu-west-1/AWS::S3::Bucket/ledger"
    assert (record["before"], record["after"]["BucketKeyEnabled"]) == ({}, True)
    assert record["ids"]["plan_id"] == bank.plan_id()


def test_a_repeated_event_causes_one_action(bank: RemediationAccount) -> None:
    bank.bucket()
    for _ in range(3):
        bank.change()
    assert bank.outcomes() == DONE


def test_a_new_violation_is_another_attempt(bank: RemediationAccount, time: StandingClock) -> None:
    bank.bucket()
    bank.change()
    bank.s3.delete_bucket_encryption(Bucket="ledger")
    time.pass_by(60)
    bank.change()
    assert bank.algorithm() == "aws:kms"
    assert bank.outcomes() == DONE * 2
    first, second = (each["ids"]["plan_id"] for each in records() if each["kind"] == "PLAN")
    assert first != second


def test_an_old_result_does_not_confirm_a_remediation(bank: RemediationAccount, time: StandingClock) -> None:
    bank.bucket()
    bank.change()
    bank.change(compliance="COMPLIANT", at=clock.stamp(clock.now() - timedelta(hours=1)))
    assert bank.outcomes() == DONE


def test_remediation_unconfirmed_after_two_evaluations_is_reported(
    bank: RemediationAccount, time: StandingClock
) -> None:
    bank.bucket()
    bank.change()
    time.pass_by(12 * 3600)
    bank.change()
    assert bank.outcomes() == DONE
    time.pass_by(1)
    for _ in range(2):
        bank.change()
    assert bank.outcomes() == [*DONE, "VERIFICATION NOT_FIXED"]
    assert [each.split()[1] for each in bank.mails()] == ["NOT_FIXED"]


def test_a_resource_deleted_after_its_remediation(bank: RemediationAccount, time: StandingClock) -> None:
    bank.bucket()
    bank.change()
    bank.s3.delete_bucket(Bucket="ledger")
    time.pass_by(60)
    bank.change(compliance="NOT_APPLICABLE")
    assert bank.outcomes()[-1] == "VERIFICATION GONE"


def test_a_bucket_deleted_before_its_remediation(bank: RemediationAccount) -> None:
    for _ in range(2):
        bank.change("no-more")
    bank.configure(scope=("no-more",))
    bank.change("no-more")
    assert bank.outcomes() == ["REFUSAL NOT_REMEDIABLE"]
    assert "no longer exists" in records()[-1]["what"]["reason"]


def test_an_invisible_write_fails_and_the_retry_verifies_it(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    with monkeypatch.context() as patched:
        patched.setattr(clients, "call", lambda *_: None)
        with pytest.raises(NotVerifiedError, match="ledger"):
            bank.change()
    assert bank.outcomes()[-1] == "OUTCOME NOT_VERIFIED"
    assert bank.slept == [1, 2, 4]
    bank.change()
    assert bank.algorithm() == "aws:kms"
    assert bank.outcomes()[-3:] == ["OUTCOME FAILED", "INTENT APPLIED", "OUTCOME APPLIED"]


def test_a_write_visible_after_a_delay_is_verified(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    s3 = clients.s3("eu-west-1")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    before = {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}
    original, reads = s3.get_bucket_encryption, []

    def late(**asked: Any) -> Any:
        reads.append(asked)
        return before if len(reads) <= 3 else original(**asked)

    monkeypatch.setattr(s3, "get_bucket_encryption", late)
    bank.change()
    assert bank.outcomes() == DONE
    assert bank.slept == [1, 2]


def test_a_sweep_remediates_violations_in_scope(bank: RemediationAccount) -> None:
    bank.bucket()
    bank.bucket("vault")
    bank.bucket("another")
    bank.configure(scope=("ledger", "vault"))
    bank.sweep()
    assert (bank.algorithm(), bank.algorithm("vault"), bank.algorithm("another")) == ("aws:kms", "aws:kms", None)
    assert bank.outcomes() == DONE * 2


def test_a_sweep_continues_after_a_failing_resource(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    bank.bucket("vault")
    bank.configure(scope=("ledger", "vault"))
    original = clients.call

    def fails(service: str, operation: str, region: str, parameters: Any) -> None:
        if parameters["Bucket"] == "ledger":
            raise ClientError({"Error": {"Code": "AccessDenied"}}, operation)
        original(service, operation, region, parameters)

    monkeypatch.setattr(clients, "call", fails)
    with pytest.raises(FailedSweepError, match=r"ledger: .*AccessDenied"):
        bank.sweep()
    assert bank.algorithm("vault") == "aws:kms"


def test_result_is_a_metric(bank: RemediationAccount, capsys: pytest.CaptureFixture[str]) -> None:
    bank.bucket()
    bank.change()
    line = json.loads(capsys.readouterr().out)
    assert (line["Rule"], line["Result"], line["Remediations"]) == (S3, "WRITTEN", 1)
