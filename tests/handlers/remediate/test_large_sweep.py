"""A sweep over many violations reads only resources in scope."""

from typing import Any

import pytest
from botocore.client import BaseClient

from tests.support.remediation_account import EC2, RDS, S3, TYPES, RemediationAccount

VIOLATIONS = 500


def in_scope(bank: RemediationAccount, rule: str) -> str:
    """Creates a violation in scope; returns its name in the scope."""
    if rule == RDS:
        bank.database()
        return "db:orders"
    return bank.bucket() if rule == S3 else bank.instance()


@pytest.mark.parametrize("rule", [S3, RDS, EC2])
def test_resources_out_of_scope_make_no_call(
    bank: RemediationAccount, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    bank.configure(rule, "enforce", (in_scope(bank, rule),))
    bank.config.violating += [(TYPES[rule], f"other-{number}") for number in range(VIOLATIONS)]
    calls: list[str] = []
    original, items = BaseClient._make_api_call, bank.config.get_aggregate_resource_config  # type: ignore[attr-defined]

    def counted(client: Any, operation: str, parameters: Any) -> Any:
        calls.append(operation)
        return original(client, operation, parameters)

    def item(**asked: Any) -> dict[str, Any]:
        calls.append("GetAggregateResourceConfig")
        return items(**asked)

    monkeypatch.setattr(bank.config, "get_aggregate_resource_config", item)
    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    bank.sweep()
    assert bank.outcomes() == ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]
    assert len(calls) < 60, calls


def test_a_missing_database_in_scope_is_skipped(bank: RemediationAccount) -> None:
    bank.database()
    bank.configure(RDS, "enforce", ("db:orders", "db:gone", "cluster:gone"))
    bank.sweep()
    assert bank.outcomes()[-1] == "OUTCOME APPLIED"
