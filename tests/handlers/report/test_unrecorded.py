"""Resources of a type that AWS Config evaluates but does not record: only results list them."""

from typing import Any

import pytest

from handlers.common.model.rule import Category, Managed, Rule, Severity
from handlers.rules import RULES
from tests.support.report_account import Account, refusal

DAX = "AWS::DAX::Cluster"


@pytest.fixture
def clusters(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account with AWS's rule on DAX clusters."""
    source = Managed("DAX_ENCRYPTION_ENABLED", {}, (DAX,), periodic=True, unrecorded=(DAX,))
    rule = Rule("dax", "DAX is not encrypted", {}, "", Severity.LOW, Category.ENCRYPTION, (), "", source)
    monkeypatch.setitem(RULES, rule.name, rule)

    def refuse_the_type(_call: str, asked: dict[str, Any]) -> None:
        if DAX in (asked.get("ResourceType"), asked.get("Filters", {}).get("ResourceType")):
            raise refusal("ValidationException")

    account.config.before = refuse_the_type
    return account


def test_each_result_counts_as_a_resource_and_the_report_is_complete(clusters: Account) -> None:
    clusters.config.evaluated("a", "COMPLIANT", kind=DAX, rule="dax", discovered=False)
    clusters.config.evaluated("b", "NON_COMPLIANT", kind=DAX, rule="dax", discovered=False)
    clusters.config.evaluated("gone", "NOT_APPLICABLE", kind=DAX, rule="dax", discovered=False)
    clusters.run()
    report = clusters.report()
    counts = next(row["counts"] for row in report["rules"] if row["rule"] == "dax")
    assert (counts["discovered"], counts["undiscovered"], counts["unknown"]) == (2, 0, 0)
    assert (counts["compliant"], counts["non_compliant"]) == (1, 1)
    assert report["complete"], report["problems"]
    assert [(row["resource_id"], row["discovered"]) for row in clusters.listing()] == [("b", True)]


def test_a_rule_without_a_resource_is_not_silent(clusters: Account) -> None:
    clusters.run()
    assert clusters.report()["complete"], clusters.report()["problems"]
