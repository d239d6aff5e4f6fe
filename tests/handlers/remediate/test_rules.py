"""The remediations of the rules: reads, writes, refusals and rollbacks."""

from typing import Any

import pytest

from handlers.common.model.remediation import Target
from handlers.common.runtime import clients
from handlers.rules import RULES
from tests.handlers.conftest import StandingClock
from tests.support.changes import ACCOUNT
from tests.support.killed import kill_while_writing
from tests.support.remediation_account import EC2, RDS, REGION, S3, RemediationAccount
from tests.support.trails import records


def remediation_of(rule: str) -> Any:
    """Returns the remediation of a rule."""
    return RULES[rule].remediation


def days(bank: RemediationAccount, name: str = "orders") -> int:
    return int(bank.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["BackupRetentionPeriod"])


def undone(rule: str, kind: str, name: str, record: dict[str, Any]) -> None:
    target = Target(ACCOUNT, REGION, kind, name, name)
    for call in remediation_of(rule).calls(record["after"], record["before"], target):
        clients.call(call.service, call.operation, REGION, call.parameters)


def test_bucket_is_rolled_back_to_no_rule_and_to_another(bank: RemediationAccount) -> None:
    bank.bucket()
    bank.change()
    undone(S3, "AWS::S3::Bucket", "ledger", records()[-1])
    assert bank.algorithm() is None
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    record = {"before": rule, "after": records()[-1]["after"]}
    undone(S3, "AWS::S3::Bucket", "ledger", record)
    assert bank.algorithm() == "AES256"
    assert "no longer encrypted with KMS" in remediation_of(S3).risk({}, rule)


def test_retention_is_raised_to_the_minimum_and_reported(bank: RemediationAccount) -> None:
    identity = bank.database(days=1)
    bank.configure(RDS, scope=("db:orders",))
    bank.change(identity)
    assert days(bank) == 7
    plan, outcome = records()[0], records()[-1]
    assert (plan["what"]["name"], plan["before"]["days"], plan["after"]["days"]) == ("db:orders", 1, 7)
    assert plan["before"]["maintenance_window"] and plan["before"]["backup_window"]
    assert plan["what"]["calls"][0]["parameters"] == {
        "DBInstanceIdentifier": "orders",
        "BackupRetentionPeriod": 7,
        "ApplyImmediately": False,
    }
    assert outcome["what"]["outcome"] == "APPLIED"
    undone(RDS, "AWS::RDS::DBInstance", "db:orders", outcome)
    assert days(bank) == 1


@pytest.mark.parametrize("kept", [7, 8, 35])
def test_retention_is_never_lowered(bank: RemediationAccount, kept: int) -> None:
    identity = bank.database(days=kept)
    bank.configure(RDS, scope=("db:orders",))
    bank.change(identity)
    assert (days(bank), bank.outcomes()) == (kept, ["REFUSAL ALREADY_COMPLIANT"])


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0, 7, "Backups are turned on in the maintenance window (sun:03:00-sun:04:00; backups 01:00-02:00, UTC)"),
        (1, 7, "Applied as soon as possible"),
        (7, 1, "older backups are deleted"),
        (7, 0, "Backups are turned off in the maintenance window"),
    ],
)
def test_plan_has_the_time_of_application(before: int, after: int, words: str) -> None:
    state = {"pending_days": None, "backup_window": "01:00-02:00", "maintenance_window": "sun:03:00-sun:04:00"}
    assert words in remediation_of(RDS).risk(state | {"days": before}, state | {"days": after})


def test_pending_change_is_awaited_until_the_maintenance_window(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = bank.database(days=1)
    bank.configure(RDS, scope=("db:orders",))
    bank.change(identity)
    described = bank.rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]

    class Waiting:
        def describe_db_instances(self, **_: Any) -> Any:
            return {"DBInstances": [{**described, "PendingModifiedValues": {"BackupRetentionPeriod": 7}}]}

    monkeypatch.setattr(clients, "in_region", lambda _service, _region: Waiting())
    time.pass_by(7 * 86_400)
    bank.change(identity)
    assert bank.outcomes()[-1] == "OUTCOME APPLIED"


def test_cluster_is_raised_as_a_cluster(bank: RemediationAccount) -> None:
    cluster: Any = bank.rds.create_db_cluster(
        DBClusterIdentifier="orders",
        Engine="aurora-postgresql",
        MasterUsername="root",
        MasterUserPassword="simulated-only",
        BackupRetentionPeriod=1,
    )["DBCluster"]
    identity = cluster["DbClusterResourceId"]
    bank.item(identity, "orders")
    target = Target(ACCOUNT, REGION, "AWS::RDS::DBCluster", identity, "cluster:orders")
    remediation = remediation_of(RDS)
    before = remediation.read(target)
    after = remediation.desired(before, target, {"minimum_days": 7})
    for call in remediation.calls(before, after, target):
        clients.call(call.service, call.operation, REGION, call.parameters)
    assert remediation.read(target)["days"] == 7
    assert remediation.name_of("AWS::RDS::DBCluster", identity, "orders") == "cluster:orders"


@pytest.mark.parametrize("scope", ["db:orders2", "cluster:orders"])
def test_a_database_of_another_name_or_kind_is_out_of_scope(bank: RemediationAccount, scope: str) -> None:
    identity = bank.database()
    bank.configure(RDS, scope=(scope,))
    bank.change(identity)
    assert (days(bank), bank.outcomes()) == (1, [])


@pytest.mark.parametrize("kind", ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"])
def test_a_deleted_database(bank: RemediationAccount, kind: str) -> None:
    from handlers.common.model.remediation import NotRemediableError

    name = f"{'db' if kind.endswith('Instance') else 'cluster'}:no-more"
    with pytest.raises(NotRemediableError, match="no longer exists"):
        remediation_of(RDS).read(Target(ACCOUNT, REGION, kind, "db-ABC", name))


def test_unrecorded_resource_is_not_remediable(bank: RemediationAccount) -> None:
    bank.configure(RDS, scope=("db:orders",))
    bank.change("db-UNKNOWN")
    bank.sweep()
    assert bank.outcomes() == ["REFUSAL NOT_REMEDIABLE"]
    assert "is not recorded" in records()[0]["what"]["reason"]


def test_instance_is_stopped_and_its_finding_stays_open(bank: RemediationAccount, time: StandingClock) -> None:
    identity = bank.instance()
    bank.configure(EC2, scope=(identity,))
    time.pass_by(60)
    for _ in range(2):
        bank.change(identity)
    assert bank.instance_state(identity) == "stopped"
    assert bank.outcomes() == ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]
    assert bank.config.started == []
    time.pass_by(60)
    bank.record_instance(identity, "stopped")
    time.pass_by(86_400)
    for _ in range(2):
        bank.change(identity)
    assert bank.outcomes()[3:] == ["VERIFICATION CONTAINED"]
    assert "stays open" in records()[-1]["what"]["reason"]
    undone(EC2, "AWS::EC2::Instance", identity, records()[0])
    assert bank.instance_state(identity) == "running"


def test_instance_that_is_started_again_is_another_attempt(bank: RemediationAccount, time: StandingClock) -> None:
    identity = bank.instance()
    bank.configure(EC2, scope=(identity,))
    time.pass_by(60)
    bank.change(identity)
    bank.ec2.start_instances(InstanceIds=[identity])
    time.pass_by(60)
    bank.record_instance(identity, "running")
    time.pass_by(60)
    bank.change(identity)
    assert bank.instance_state(identity) == "stopped"
    assert bank.outcomes().count("INTENT APPLIED") == 2


@pytest.mark.parametrize(
    ("opted_in", "tags", "configuration", "why"),
    [
        (False, {}, {}, "does not have the tag compliance-monitor-remediation = stop"),
        (True, {"aws:autoscaling:groupName": "web"}, {}, "Auto Scaling group web"),
        (True, {}, {"rootDeviceType": "instance-store"}, "instance store"),
        (True, {}, {"state": {"name": "pending"}}, "is pending"),
    ],
)
def test_instance_that_is_not_stopped(
    bank: RemediationAccount, opted_in: bool, tags: dict[str, str], configuration: dict[str, Any], why: str
) -> None:
    identity = bank.instance(opted_in, **tags)
    bank.config.items[identity]["configuration"].update(configuration)
    bank.configure(EC2, scope=(identity,))
    for _ in range(2):
        bank.change(identity)
    assert (bank.instance_state(identity), bank.outcomes()) == ("running", ["REFUSAL NOT_REMEDIABLE"])
    assert why in records()[0]["what"]["reason"]


@pytest.mark.parametrize("state", ["stopped", "stopping", "shutting-down", "terminated"])
def test_stopped_instance_is_left_unchanged(bank: RemediationAccount, state: str) -> None:
    identity = bank.instance()
    bank.record_instance(identity, state)
    bank.configure(EC2, scope=(identity,))
    bank.change(identity)
    assert bank.outcomes() == ["REFUSAL ALREADY_COMPLIANT"]


def test_stop_is_repeated_after_a_crash(
    bank: RemediationAccount, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uses a state recorded before the stop: stopping a stopped instance has no effect."""
    identity = bank.instance()
    bank.configure(EC2, scope=(identity,))
    time.pass_by(60)
    kill_while_writing(monkeypatch, lambda: bank.change(identity))
    time.pass_by(301)
    bank.change(identity)
    assert bank.outcomes()[-1] == "OUTCOME APPLIED"
    assert bank.instance_state(identity) == "stopped"
