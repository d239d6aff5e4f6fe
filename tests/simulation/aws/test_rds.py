from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount


def database(cloud: SimulatedAccount, days: int, region: str = "eu-west-1") -> Any:
    rds = cloud.client("rds", region)
    rds.create_db_instance(
        DBInstanceIdentifier="one",
        Engine="postgres",
        DBInstanceClass="db.m7g.large",
        AllocatedStorage=20,
        BackupRetentionPeriod=days,
    )
    return rds


def state(rds: Any) -> tuple[int, dict[str, Any]]:
    (found,) = rds.describe_db_instances(DBInstanceIdentifier="one")["DBInstances"]
    return found["BackupRetentionPeriod"], found.get("PendingModifiedValues", {})


def modify(rds: Any, **changes: Any) -> None:
    rds.modify_db_instance(DBInstanceIdentifier="one", **changes)


@pytest.mark.parametrize(("before", "after"), [(0, 7), (7, 0)])
def test_change_from_or_to_zero_waits_for_the_window(cloud: SimulatedAccount, before: int, after: int) -> None:
    rds = database(cloud, before)
    modify(rds, BackupRetentionPeriod=after)
    assert state(rds) == (before, {"BackupRetentionPeriod": after})
    assert cloud.maintain() == ["one"]
    assert state(rds) == (after, {})
    assert cloud.maintain() == []


def test_other_changes_and_immediate_ones_are_applied_at_once(cloud: SimulatedAccount) -> None:
    rds = database(cloud, 3)
    modify(rds, BackupRetentionPeriod=7)
    assert state(rds) == (7, {})
    modify(rds, BackupRetentionPeriod=0, ApplyImmediately=True)
    assert state(rds) == (0, {})


def test_later_request_replaces_or_cancels_a_pending_change(cloud: SimulatedAccount) -> None:
    rds = database(cloud, 0)
    modify(rds, BackupRetentionPeriod=7)
    modify(rds, BackupRetentionPeriod=14)
    assert state(rds) == (0, {"BackupRetentionPeriod": 14})
    modify(rds, BackupRetentionPeriod=0)
    assert state(rds) == (0, {})


def test_immediate_request_applies_pending_changes_another_does_not(cloud: SimulatedAccount) -> None:
    rds = database(cloud, 0)
    modify(rds, BackupRetentionPeriod=7)
    modify(rds, PreferredBackupWindow="01:00-01:30")
    assert state(rds) == (0, {"BackupRetentionPeriod": 7})
    modify(rds, PreferredBackupWindow="02:00-02:30", ApplyImmediately=True)
    assert state(rds) == (7, {})


def test_maintenance_runs_in_every_region(cloud: SimulatedAccount) -> None:
    for region in ("eu-west-1", "eu-central-1"):
        modify(database(cloud, 0, region=region), BackupRetentionPeriod=7)
    assert cloud.maintain() == ["one", "one"]
    assert state(cloud.client("rds", "eu-central-1")) == (7, {})
