import json
from typing import Any

import boto3
import pytest

from handlers.common import clients
from handlers.common.events import ForeignAccountError
from handlers.common.names import UnknownRuleError
from handlers.remediate.app import NoRemediationError, NotVerifiedError, handler
from handlers.remediate.environment import RemediateEnvironment
from handlers.rules import RULES
from tests.handlers.changes import ACCOUNT, event

S3 = RULES["s3-bucket-default-encryption-kms"]


class Buckets:
    """The client's bucket `ledger`, and the bucket that takes audit records."""

    def __init__(self) -> None:
        self.s3 = boto3.client("s3", "eu-west-1")
        for name in ("ledger", "compliance-reports"):
            self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def record(self) -> dict[str, Any]:
        (key,) = [found["Key"] for found in self.s3.list_objects_v2(Bucket="compliance-reports")["Contents"]]
        document: dict[str, Any] = json.loads(self.s3.get_object(Bucket="compliance-reports", Key=key)["Body"].read())
        identity = f"000005-c0bb891c-77fe-8518-14fc-be78b966f95b-{document['outcome']}"
        assert key == f"audit/2026/03/01/{S3.name}/{identity}.json"
        return document

    def sealed(self) -> bool:
        try:
            self.s3.get_bucket_encryption(Bucket="ledger")
        except self.s3.exceptions.ClientError:
            return False
        return True


@pytest.fixture
def buckets(aws: None) -> Buckets:
    return Buckets()


def told(
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    scope: tuple[str, ...] = ("ledger",),
    rule: str = S3.name,
    keys: tuple[str, ...] = (),
) -> None:
    environment = RemediateEnvironment(
        environment="dev",
        environment_suffix="ew1",
        account=ACCOUNT,
        rule=rule,
        mode=mode,
        scope=scope,
        parameters={"allowed_kms_keys": list(keys)},
        report_bucket="compliance-reports",
    )
    for name, value in environment.to_variables().items():
        monkeypatch.setenv(name, value)


def test_plan_changes_nothing_and_records_what_it_would_do(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "plan")
    handler(event(), None)
    assert not buckets.sealed()
    record = buckets.record()
    assert (record["outcome"], record["mode"], record["before"]) == ("WOULD_REMEDIATE", "plan", {})
    assert record["wanted"]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms"}


def test_enforce_repairs_and_records_before_and_after(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "enforce")
    handler(event(), None)
    assert buckets.sealed()
    record = buckets.record()
    assert (record["outcome"], record["before"], record["after"]) == ("REMEDIATED", {}, record["wanted"])
    assert record["resource_id"] == "ledger"
    assert record["controls"] == list(S3.controls)


def test_out_of_scope_is_recorded_and_not_failed(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "enforce", scope=("another",))
    handler(event(), None)
    assert not buckets.sealed()
    assert buckets.record()["outcome"] == "OUT_OF_SCOPE"


def test_compliant_already_is_recorded_and_not_failed(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "enforce")
    S3.remediation.apply("eu-west-1", "ledger", S3.remediation.wanted({}, "eu-west-1", {"allowed_kms_keys": []}))
    handler(event(), None)
    record = buckets.record()
    assert (record["outcome"], record["after"]) == ("ALREADY_COMPLIANT", None)


def test_what_cannot_be_repaired_is_recorded_with_its_reason(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "enforce", keys=("arn:aws:kms:eu-central-1:111122223333:alias/bank",))
    handler(event(), None)
    assert not buckets.sealed()
    record = buckets.record()
    assert record["outcome"] == "NOT_REMEDIABLE"
    assert "allowed_kms_keys has no key in eu-west-1" in record["reason"]


def test_write_that_is_not_seen_is_recorded_and_fails(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "enforce")
    monkeypatch.setattr(clients.s3("eu-west-1"), "put_bucket_encryption", lambda **_: None)
    with pytest.raises(NotVerifiedError, match="ledger"):
        handler(event(), None)
    assert buckets.record()["outcome"] == "NOT_VERIFIED"


def test_outcome_is_a_metric(
    buckets: Buckets, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(monkeypatch, "enforce")
    handler(event(), None)
    line = json.loads(capsys.readouterr().out)
    assert (line["Rule"], line["Outcome"], line["Remediations"]) == (S3.name, "REMEDIATED", 1)


def test_event_that_comes_twice_keeps_the_record_of_the_repair(
    buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch, "enforce")
    for _ in range(2):
        handler(event(), None)
    keys = [found["Key"] for found in buckets.s3.list_objects_v2(Bucket="compliance-reports")["Contents"]]
    assert [key.rpartition("-")[2] for key in keys] == ["ALREADY_COMPLIANT.json", "REMEDIATED.json"]


def test_another_rule_is_refused(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "enforce")
    with pytest.raises(UnknownRuleError):
        handler(event(rule="ec2-instance-type-approved-dev-ew1"), None)


def test_foreign_account_is_refused(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "enforce")
    with pytest.raises(ForeignAccountError):
        handler(event(account="999988887777"), None)


def test_rule_without_a_remediation_is_refused(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, "enforce", rule="ec2-instance-type-approved")
    with pytest.raises(NoRemediationError, match="ec2-instance-type-approved"):
        handler(event(rule="ec2-instance-type-approved-dev-ew1"), None)
