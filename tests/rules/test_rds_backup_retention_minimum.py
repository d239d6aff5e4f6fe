from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.items import evaluate

RULE = "rds-backup-retention-minimum"


def database(kind: str = "AWS::RDS::DBInstance", status: str = "OK", **configuration: Any) -> dict[str, Any]:
    return {"resourceType": kind, "configurationItemStatus": status, "configuration": configuration}


NULLS = {"readReplicaSourceDBInstanceIdentifier": None, "dBClusterIdentifier": None}


@pytest.mark.parametrize(
    ("days", "expected"),
    [(7, "COMPLIANT"), (35, "COMPLIANT"), (6, "NON_COMPLIANT"), (0, "NON_COMPLIANT"), ("7", "NON_COMPLIANT")],
)
@pytest.mark.parametrize("kind", ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"])
def test_evaluates_days(kind: str, days: Any, expected: str) -> None:
    assert evaluate(RULE, database(kind, backupRetentionPeriod=days)) == expected


def test_explicit_nulls_are_no_membership() -> None:
    assert evaluate(RULE, database(backupRetentionPeriod=0, **NULLS)) == "NON_COMPLIANT"


@pytest.mark.parametrize(
    "membership",
    [
        {"dBClusterIdentifier": "payments"},
        {"readReplicaSourceDBInstanceIdentifier": "core"},
        {"readReplicaSourceDBClusterIdentifier": "core"},
    ],
)
def test_member_or_replica_is_not_applicable(membership: dict[str, str]) -> None:
    assert evaluate(RULE, database(backupRetentionPeriod=0, **(NULLS | membership))) == "NOT_APPLICABLE"


def test_replica_cluster_is_not_applicable() -> None:
    item = database("AWS::RDS::DBCluster", backupRetentionPeriod=1, replicationSourceIdentifier="arn:aws:rds:x")
    assert evaluate(RULE, item) == "NOT_APPLICABLE"


@pytest.mark.parametrize("status", ["ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded"])
def test_deleted_or_not_recorded_is_not_applicable(status: str) -> None:
    assert evaluate(RULE, database(status=status, backupRetentionPeriod=0)) == "NOT_APPLICABLE"


def test_foreign_type_is_not_applicable() -> None:
    assert evaluate(RULE, database("AWS::RDS::DBSnapshot", backupRetentionPeriod=0)) == "NOT_APPLICABLE"


@pytest.mark.parametrize("item", [database(), database(backupRetentionPeriod=None)])
def test_missing_days_are_never_compliant(item: dict[str, Any]) -> None:
    assert evaluate(RULE, item) == "NON_COMPLIANT"


def test_minimum_comes_from_settings() -> None:
    item = database(backupRetentionPeriod=7)
    assert evaluate(RULE, item, minimum_days=8) == "NON_COMPLIANT"


def test_item_without_a_status_is_evaluated() -> None:
    item = database(backupRetentionPeriod=0)
    del item["configurationItemStatus"]
    assert evaluate(RULE, item) == "NON_COMPLIANT"


@pytest.mark.parametrize("empty", [None, "null", ""])
@pytest.mark.parametrize(
    "key",
    [
        "dBClusterIdentifier",
        "readReplicaSourceDBInstanceIdentifier",
        "readReplicaSourceDBClusterIdentifier",
        "replicationSourceIdentifier",
    ],
)
def test_no_form_of_nothing_makes_a_member_or_replica(key: str, empty: str | None) -> None:
    assert evaluate(RULE, database(backupRetentionPeriod=0, **{key: empty})) == "NON_COMPLIANT"


@pytest.mark.parametrize("days", ["35", 7.5, True, {}, -1, [], [35]])
def test_days_in_another_form_are_never_compliant(days: Any) -> None:
    assert evaluate(RULE, database(backupRetentionPeriod=days)) == "NON_COMPLIANT"


@given(st.integers(0, 40), st.integers(1, 35))
def test_days_are_compared_as_numbers(days: int, minimum: int) -> None:
    expected = "COMPLIANT" if days >= minimum else "NON_COMPLIANT"
    item = database(backupRetentionPeriod=days)
    assert evaluate(RULE, item, minimum_days=minimum) == expected
