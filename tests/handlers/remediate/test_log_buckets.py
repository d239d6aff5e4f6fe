"""Buckets with log delivery by AWS services, which default encryption with KMS can stop."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.model import waiver
from handlers.common.runtime import clients
from tests.support.remediation_account import RemediationAccount
from tests.support.trails import records
from tests.support.waivers import waiver as made

MODES = pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
LOAD_BALANCERS = "logdelivery.elasticloadbalancing.amazonaws.com"


def reason() -> str:
    return str(records()[-1]["what"]["reason"])


@MODES
@pytest.mark.parametrize("keys", ["any", ["arn:aws:kms:eu-west-1:111122223333:alias/bank"]], ids=["any", "list"])
def test_a_bucket_that_receives_logs_is_not_remediable(bank: RemediationAccount, mode: str, keys: Any) -> None:
    bank.configure(mode=mode, s3_keys=keys)
    bank.bucket()
    bank.let_logs_in(LOAD_BALANCERS)
    for _ in range(2):
        bank.change()
    assert (bank.outcomes(), bank.algorithm() == "aws:kms") == (["REFUSAL NOT_REMEDIABLE"], False)
    assert reason().startswith("Elastic Load Balancing may deliver logs into the bucket")
    assert reason().endswith("have the finding waived, or deliver logs into another bucket")


@MODES
def test_a_bucket_that_receives_logs_by_its_acl(bank: RemediationAccount, mode: str) -> None:
    bank.configure(mode=mode)
    bank.bucket()
    group = 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"'
    bank.s3.put_bucket_acl(Bucket="ledger", GrantWrite=group, GrantReadACP=group)
    bank.change()
    assert bank.outcomes() == ["REFUSAL NOT_REMEDIABLE"]
    assert reason().startswith("S3 server access logging may deliver logs into the bucket")


def test_all_delivering_services_are_named(bank: RemediationAccount) -> None:
    bank.bucket()
    group = 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"'
    bank.s3.put_bucket_acl(Bucket="ledger", GrantWrite=group)
    bank.let_logs_in(LOAD_BALANCERS)
    bank.change()
    assert reason().startswith("Elastic Load Balancing, S3 server access logging may")


def test_any_other_service_prevents_remediation(bank: RemediationAccount) -> None:
    bank.bucket()
    bank.let_logs_in("cloudtrail.amazonaws.com")
    bank.change()
    assert bank.algorithm() is None
    assert "cloudtrail.amazonaws.com may deliver logs" in reason()


@pytest.mark.parametrize("text", ["", "[]", '{"Statement": [{"Effect": "Allow"}]}'])
def test_an_unreadable_policy_prevents_remediation(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    bank.bucket()
    monkeypatch.setattr(clients.s3("eu-west-1"), "get_bucket_policy", lambda **_: {"Policy": text})
    bank.change()
    assert bank.outcomes() == ["REFUSAL NOT_REMEDIABLE"]
    assert reason().startswith("the bucket policy cannot be read: ")
    assert "have the finding waived" in reason()


def test_a_failed_read_is_retried(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetBucketPolicy")

    bank.bucket()
    with monkeypatch.context() as patched:
        patched.setattr(clients.s3("eu-west-1"), "get_bucket_policy", refused)
        with pytest.raises(ClientError, match="AccessDenied"):
            bank.change()
    assert bank.outcomes() == []
    bank.change()
    assert bank.algorithm() == "aws:kms"


def test_a_compliant_log_bucket_is_left_unchanged(bank: RemediationAccount) -> None:
    bank.bucket()
    bank.let_logs_in(LOAD_BALANCERS)
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    bank.s3.put_bucket_encryption(Bucket="ledger", ServerSideEncryptionConfiguration={"Rules": [rule]})
    bank.change()
    assert bank.outcomes() == ["REFUSAL ALREADY_COMPLIANT"]


def test_a_waiver_applies_to_a_log_bucket(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    bank.bucket()
    bank.let_logs_in(LOAD_BALANCERS)
    monkeypatch.setattr(waiver, "load", lambda: (made(),))
    bank.change()
    assert bank.outcomes() == ["REFUSAL WAIVED"]


def test_logs_since_the_plan_stop_an_approved_action(bank: RemediationAccount) -> None:
    bank.configure(mode="approve")
    bank.bucket()
    bank.change()
    approved = bank.plan_id()
    bank.let_logs_in(LOAD_BALANCERS)
    bank.approve(approved)
    assert bank.outcomes()[-1] in ("REFUSAL NOT_REMEDIABLE", "REFUSAL APPROVAL_REFUSED")
    assert bank.algorithm() != "aws:kms"
