"""The way of one finding through a remediation, and of events that are none of its business."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common import clients, clock
from handlers.common.events import ForeignAccountError, MalformedEventError
from handlers.common.names import UnknownRuleError
from handlers.remediate.action import NotVerifiedError
from handlers.remediate.app import FailedSweepError, NoRemediationError, handler
from handlers.remediate.case import InProgressError
from handlers.remediate.plan import NoSuchPlanError, Plan, TamperedPlanError
from handlers.rules import RULES
from tests.handlers.changes import event
from tests.handlers.conftest import StandingClock
from tests.handlers.remediate.bank import ROLE, S3, Bank, created
from tests.handlers.trails import BUCKET, records

DONE = ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]


def test_repairs_and_says_fixed_only_when_config_does(bank: Bank, time: StandingClock) -> None:
    bank.bucket()
    bank.change()
    assert bank.algorithm() == "aws:kms"
    assert bank.outcomes() == DONE
    assert bank.config.started == [f"{S3}-dev-ew1"]
    time.pass_by(60)
    bank.change(compliance="COMPLIANT")
    assert bank.outcomes() == [*DONE, "VERIFICATION REMEDIATED"]


def test_record_says_who_what_and_why(bank: Bank) -> None:
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


def test_an_event_that_comes_three_times_causes_one_action(bank: Bank) -> None:
    bank.bucket()
    for _ in range(3):
        bank.change()
    assert bank.outcomes() == DONE


def test_what_is_changed_back_is_another_occasion(bank: Bank, time: StandingClock) -> None:
    bank.bucket()
    bank.change()
    bank.s3.delete_bucket_encryption(Bucket="ledger")
    time.pass_by(60)
    bank.change()
    assert bank.algorithm() == "aws:kms"
    assert bank.outcomes() == DONE * 2
    first, second = (each["ids"]["plan_id"] for each in records() if each["kind"] == "PLAN")
    assert first != second


def test_an_old_word_of_config_does_not_make_anything_fixed(bank: Bank, time: StandingClock) -> None:
    bank.bucket()
    bank.change()
    bank.change(compliance="COMPLIANT", at=clock.stamp(clock.now() - timedelta(hours=1)))
    assert bank.outcomes() == DONE


def test_what_config_does_not_confirm_within_two_evaluations_is_told(bank: Bank, time: StandingClock) -> None:
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


def test_a_resource_that_goes_after_its_repair(bank: Bank, time: StandingClock) -> None:
    bank.bucket()
    bank.change()
    bank.s3.delete_bucket(Bucket="ledger")
    time.pass_by(60)
    bank.change(compliance="NOT_APPLICABLE")
    assert bank.outcomes()[-1] == "VERIFICATION GONE"


def test_a_bucket_that_has_gone_before(bank: Bank) -> None:
    for _ in range(2):
        bank.change("no-more")
    bank.told(scope=("no-more",))
    bank.change("no-more")
    assert bank.outcomes() == ["REFUSAL OUT_OF_SCOPE", "REFUSAL NOT_REMEDIABLE"]
    assert "does not exist any more" in records()[-1]["what"]["reason"]


def test_a_write_that_is_not_seen_fails_and_the_retry_looks_again(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    with monkeypatch.context() as patched:
        patched.setattr(clients, "carry_out", lambda *_: None)
        with pytest.raises(NotVerifiedError, match="ledger"):
            bank.change()
    assert bank.outcomes()[-1] == "OUTCOME NOT_VERIFIED"
    bank.change()
    assert bank.algorithm() == "aws:kms"
    assert bank.outcomes()[-3:] == ["OUTCOME FAILED", "INTENT APPLIED", "OUTCOME APPLIED"]


@pytest.mark.parametrize(("status", "words"), [(403, DONE[1:]), (500, ["OUTCOME FAILED", *DONE[1:]])])
def test_a_call_that_fails_is_recorded_and_tried_again(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, status: int, words: list[str]
) -> None:
    def refused(*_: Any) -> None:
        error = {"Error": {"Code": "Sorry"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(error, "PutBucketEncryption")  # type: ignore[arg-type]

    bank.bucket()
    with monkeypatch.context() as patched:
        patched.setattr(clients, "carry_out", refused)
        with pytest.raises(ClientError, match="Sorry"):
            bank.change()
    assert bank.outcomes()[-1] == "OUTCOME FAILED"
    bank.change()
    # After a refusal nothing was written; after a call without an answer, somebody has to look.
    assert bank.outcomes()[3:] == words
    assert bank.algorithm() == "aws:kms"


def test_another_invocation_at_work_is_waited_for(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()

    def meanwhile(*_: Any) -> None:
        for compliance in ("NON_COMPLIANT", "COMPLIANT"):
            with pytest.raises(InProgressError):
                bank.change(compliance=compliance)
        raise KeyboardInterrupt

    monkeypatch.setattr(clients, "carry_out", meanwhile)
    with pytest.raises(KeyboardInterrupt):
        bank.change()
    assert bank.outcomes() == DONE[:2]


@pytest.mark.parametrize("written", [True, False])
def test_a_crash_after_the_intent_is_found_by_the_next_run(
    bank: Bank, time: StandingClock, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    bank.bucket()
    original = clients.carry_out

    def dies(*given: Any) -> None:
        if written:
            original(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(clients, "carry_out", dies)
        with pytest.raises(KeyboardInterrupt):
            bank.change()
    time.pass_by(301)
    bank.change()
    assert bank.algorithm() == "aws:kms"
    found = ["OUTCOME APPLIED"] if written else ["OUTCOME FAILED", "INTENT APPLIED", "OUTCOME APPLIED"]
    assert bank.outcomes() == [*DONE[:2], *found]
    assert "died" in records()[2]["what"]["reason"]


def test_a_crash_is_found_by_config_s_word_as_well(
    bank: Bank, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.bucket()
    original = clients.carry_out

    def dies(*given: Any) -> None:
        original(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(clients, "carry_out", dies)
    with pytest.raises(KeyboardInterrupt):
        bank.change()
    time.pass_by(301)
    bank.change(compliance="COMPLIANT")
    assert bank.outcomes() == [*DONE, "VERIFICATION REMEDIATED"]


def test_a_crash_after_which_somebody_else_changed_the_resource(
    bank: Bank, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.told(parameters={"allowed_kms_keys": ["arn:aws:kms:eu-west-1:111122223333:alias/bank"]})
    bank.bucket()
    with monkeypatch.context() as patched:
        patched.setattr(clients, "carry_out", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bank.change()
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    bank.s3.put_bucket_encryption(Bucket="ledger", ServerSideEncryptionConfiguration={"Rules": [rule]})
    time.pass_by(301)
    bank.change()
    assert bank.outcomes() == [*DONE[:2], "OUTCOME SUPERSEDED", *DONE]


def test_a_sweep_treats_what_config_finds_in_scope(bank: Bank) -> None:
    bank.bucket()
    bank.bucket("vault")
    bank.bucket("another")
    bank.told(scope=("ledger", "vault"))
    bank.sweep()
    assert (bank.algorithm(), bank.algorithm("vault"), bank.algorithm("another")) == ("aws:kms", "aws:kms", None)
    assert bank.outcomes() == DONE * 2


def test_a_sweep_goes_on_where_one_resource_fails(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    bank.bucket("vault")
    bank.told(scope=("ledger", "vault"))
    original = clients.carry_out

    def fails(service: str, operation: str, region: str, parameters: Any) -> None:
        if parameters["Bucket"] == "ledger":
            raise ClientError({"Error": {"Code": "AccessDenied"}}, operation)
        original(service, operation, region, parameters)

    monkeypatch.setattr(clients, "carry_out", fails)
    with pytest.raises(FailedSweepError, match=r"ledger: .*AccessDenied"):
        bank.sweep()
    assert bank.algorithm("vault") == "aws:kms"


def test_result_is_a_metric(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    bank.bucket()
    bank.change()
    line = json.loads(capsys.readouterr().out)
    assert (line["Rule"], line["Result"], line["Remediations"]) == (S3, "WRITTEN", 1)


def test_another_rule_is_refused(bank: Bank) -> None:
    with pytest.raises(UnknownRuleError):
        handler(event(rule="ec2-instance-type-approved-dev-ew1"), None)


def test_foreign_account_is_refused(bank: Bank) -> None:
    with pytest.raises(ForeignAccountError):
        handler(event(account="999988887777"), None)


def test_rule_without_a_remediation_is_refused(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    monkeypatch.setitem(RULES, S3, dataclasses.replace(RULES[S3], remediation=None))
    with pytest.raises(NoRemediationError, match=S3):
        bank.change()


@pytest.mark.parametrize(
    "key",
    [
        "approvals/another-rule/dev-ew1-0123456789abcdef.json",
        f"approvals/{S3}/../dev-ew1-0123456789abcdef.json",
        f"plans/{S3}/dev-ew1-0123456789abcdef.json",
        f"approvals/{S3}/<b>.json",
    ],
)
def test_an_object_that_is_no_approval_of_the_rule_is_refused(bank: Bank, key: str) -> None:
    bank.told(mode="approve")
    with pytest.raises(MalformedEventError, match="is not the approval of a plan"):
        handler(created(key), None)


def test_an_approval_of_no_plan_fails_loudly(bank: Bank) -> None:
    bank.told(mode="approve")
    with pytest.raises(NoSuchPlanError, match="dev-ew1-0123456789abcdef"):
        bank.put_approval("dev-ew1-0123456789abcdef", b"{}")


def test_a_plan_that_was_tampered_with_is_not_carried_out(bank: Bank) -> None:
    bank.told(mode="approve")
    bank.bucket()
    bank.change()
    plan = Plan.fetch(BUCKET, bank.plan_id())
    body = json.dumps(plan.document | {"risk": "none at all"}).encode()
    bank.s3.put_object(Bucket=BUCKET, Key=f"plans/{plan.plan_id}.json", Body=body)
    with pytest.raises(TamperedPlanError):
        handler(created(f"approvals/{S3}/{plan.plan_id}.json"), None)
    assert bank.algorithm() is None
