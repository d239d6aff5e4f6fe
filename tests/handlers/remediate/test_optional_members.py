"""AWS omits unknown members in responses: each optional member is missing, one at a time.

Every member of a configuration item and of a Describe response is optional (AWS Config, RDS and S3 API References).
"""

from typing import Any

import pytest

from handlers.common.model.events import ForeignAccountError, MalformedEventError
from handlers.common.model.outcome import Outcome
from handlers.common.runtime import clients
from handlers.common.runtime.naming import UnknownRuleError
from handlers.remediate.app import handler
from tests.support.changes import event
from tests.support.optional import Path, paths, without
from tests.support.remediation_account import EC2, RDS, S3, RemediationAccount, created
from tests.support.trails import records

OPT_IN = {"compliance-monitor-remediation": "stop"}
CONFIGURATION: dict[str, Any] = {
    "instanceType": "x1e.32xlarge",
    "state": {"name": "running", "code": 16},
    "rootDeviceType": "ebs",
    "instanceLifecycle": None,
}
WHOLE: tuple[tuple[str, ...], ...] = (("configuration",), ("tags",), ("configurationItemCaptureTime",))
MODES = ("plan", "enforce")


def last() -> Outcome:
    return Outcome(records()[-1]["what"]["outcome"])


def test_an_instance_as_aws_config_records_it_is_planned_and_stopped(bank: RemediationAccount) -> None:
    """Uses an item without a name, as those of all instances."""
    identity = bank.instance()
    assert (
        "resourceName"
        not in bank.config.get_aggregate_resource_config(ResourceIdentifier={"ResourceId": identity})[
            "ConfigurationItem"
        ]
    )
    bank.configure(EC2, "plan", (identity,))
    bank.change(identity)
    assert last() == Outcome.WOULD_REMEDIATE
    bank.configure(EC2, "enforce", (identity,))
    bank.change(identity)
    assert bank.instance_state(identity) == "stopped"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", [*WHOLE, *paths(CONFIGURATION, ("configuration",))])
def test_an_instance_without_a_member(bank: RemediationAccount, path: Path, mode: str) -> None:
    identity = bank.instance()
    item = bank.config.items[identity] | {"configuration": CONFIGURATION, "tags": OPT_IN}
    bank.config.items[identity] = without(item, path)
    bank.configure(EC2, mode, (identity,))
    bank.change(identity)
    decided = {("configuration",), ("tags",), ("configuration", "state"), ("configuration", "state", "name")}
    expected = Outcome.NOT_REMEDIABLE if path in decided else Outcome.WOULD_REMEDIATE if mode == "plan" else None
    assert last() == (expected or Outcome.APPLIED)
    assert bank.instance_state(identity) == ("running" if expected else "stopped")


@pytest.mark.parametrize("mode", MODES)
def test_a_spot_instance_is_not_remediable(bank: RemediationAccount, mode: str) -> None:
    identity = bank.instance()
    bank.config.items[identity]["configuration"] = CONFIGURATION | {"instanceLifecycle": "spot"}
    bank.configure(EC2, mode, (identity,))
    for _ in range(2):
        bank.change(identity)
    assert bank.outcomes() == ["REFUSAL NOT_REMEDIABLE"], "said once"
    assert "Spot Instance" in records()[-1]["what"]["reason"]


class Describing:
    """A client of RDS with changed responses."""

    def __init__(self, rds: Any, changed: Any) -> None:
        self._rds, self._changed = rds, changed

    def describe_db_instances(self, **asked: Any) -> dict[str, Any]:
        return {"DBInstances": [self._changed(self._rds.describe_db_instances(**asked)["DBInstances"][0])]}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rds, name)


READ = ("BackupRetentionPeriod", "DBInstanceStatus", "PendingModifiedValues", "PreferredBackupWindow")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("member", [*READ, "PreferredMaintenanceWindow"])
def test_a_database_without_a_member(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, member: str, mode: str
) -> None:
    identity = bank.database(days=1)
    rds = Describing(bank.rds, lambda found: {name: value for name, value in found.items() if name != member})
    monkeypatch.setattr(clients, "in_region", lambda _service, _region: rds)
    bank.configure(RDS, mode, ("db:orders",))
    bank.change(identity)
    unknown = member in ("BackupRetentionPeriod", "DBInstanceStatus")
    assert last() == (
        Outcome.NOT_REMEDIABLE if unknown else Outcome.WOULD_REMEDIATE if mode == "plan" else Outcome.APPLIED
    )


@pytest.mark.parametrize(
    ("member", "value", "reason"),
    [
        ("DBInstanceStatus", "stopped", "the status is stopped: RDS can only be changed in status available"),
        ("DBInstanceStatus", "backing-up", "the status is backing-up"),
        ("AwsBackupRecoveryPointArn", "arn:aws:backup:eu-west-1:111122223333:recovery-point:x", "AWS Backup"),
    ],
)
def test_a_database_that_rds_would_not_change(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, member: str, value: str, reason: str
) -> None:
    identity = bank.database(days=1)
    monkeypatch.setattr(
        clients, "in_region", lambda _service, _region: Describing(bank.rds, lambda found: found | {member: value})
    )
    bank.configure(RDS, scope=("db:orders",))
    bank.change(identity)
    assert last() == Outcome.NOT_REMEDIABLE
    assert reason in records()[-1]["what"]["reason"]


RULE: dict[str, Any] = {
    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
    "BucketKeyEnabled": False,
    "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
}


@pytest.mark.parametrize("rules", [[], *([without(RULE, path)] for path in paths(RULE))])
def test_a_bucket_without_a_member(bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, rules: list[Any]) -> None:
    bank.bucket()
    answer = {"ServerSideEncryptionConfiguration": {"Rules": rules}}
    monkeypatch.setattr(clients.s3("eu-west-1"), "get_bucket_encryption", lambda **_: answer)
    bank.configure(S3, "plan")
    bank.change()
    assert last() == Outcome.WOULD_REMEDIATE


REFUSED = (MalformedEventError, ForeignAccountError, UnknownRuleError)
CHANGE = event("ledger", "NON_COMPLIANT", ordering="2026-03-01T00:00:30Z")


@pytest.mark.parametrize("path", [*paths(CHANGE)], ids=".".join)
def test_a_change_without_a_member_is_processed_or_rejected(bank: RemediationAccount, path: Path) -> None:
    bank.bucket()
    bank.configure(S3)
    try:
        handler(without(CHANGE, path), None)
    except REFUSED as error:
        assert str(error)
        assert bank.algorithm() is None
    else:
        assert bank.algorithm() == "aws:kms"


@pytest.mark.parametrize("path", [*paths(created("approvals/x/y.json"))], ids=".".join)
def test_an_approval_s_event_without_a_member_is_refused(bank: RemediationAccount, path: Path) -> None:
    bank.configure(S3, "approve")
    with pytest.raises(REFUSED):
        handler(without(created("approvals/x/y.json"), path), None)


@pytest.mark.parametrize("member", ["Annotation", "AggregateEvaluationResults", "EvaluationResultIdentifier"])
def test_a_sweep_continues_without_missing_members(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    bank.bucket()
    bank.configure(S3)
    original = bank.config.get_aggregate_compliance_details_by_config_rule

    def lacking(**asked: Any) -> dict[str, Any]:
        answer = {name: value for name, value in original(**asked).items() if name != member}
        results = answer.get("AggregateEvaluationResults", [])
        whole = [{name: value for name, value in each.items() if name != member} for each in results]
        return answer | ({"AggregateEvaluationResults": whole} if results else {})

    monkeypatch.setattr(bank.config, "get_aggregate_compliance_details_by_config_rule", lacking)
    bank.sweep()
    assert bank.algorithm() == ("aws:kms" if member == "Annotation" else None)
