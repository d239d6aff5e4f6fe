from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.items import evaluate

RULE = "rds-backup-retention-minimum"


def database(kind: str = "AWS::RDS::DBInstance", status: str = "OK", **configuration: Any) -> dict[str, Any]:
    return {"resourceType": kind, "configurationItemStatus": status, "configuration": configuration}


NULLS = {"readReplicaSourceDBInstanceIdentifier": None, "dBClusterIdentifier": None}


def test_explicit_nulls_are_no_membership() -> None:
    assert evaluate(RULE, database(backupRetentionPeriod=0, **NULLS)) == "NON_COMPLIANT"


@pytest.mark.parametrize("item", [database(), database(backupRetentionPeriod=None)])
def test_missing_days_are_never_compliant(item: dict[str, Any]) -> None:
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
