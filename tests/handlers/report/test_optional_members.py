"""A member missing in a response makes a resource unknown, never compliant, and fails no report."""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.common.runtime import clients
from handlers.report.app import FailedReadsError
from tests.handlers.report.test_completeness import place
from tests.support.optional import Path, paths, without
from tests.support.report_account import Account, Client, _result

RESULT = _result(("AWS::S3::Bucket", "a"), "COMPLIANT", None) | {"Annotation": "?", "AccountId": "1", "AwsRegion": "?"}  # type: ignore[arg-type]

ESSENTIAL = {
    ("EvaluationResultIdentifier",),
    ("EvaluationResultIdentifier", "EvaluationResultQualifier"),
    ("EvaluationResultIdentifier", "EvaluationResultQualifier", "ResourceType"),
    ("EvaluationResultIdentifier", "EvaluationResultQualifier", "ResourceId"),
    ("ComplianceType",),
}
"""Members that identify the resource of a result."""


def changing(account: Account, operation: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """A fake of AWS Config with changed responses of one operation."""

    class Changed(Client):
        def __getattribute__(self, name: str) -> Any:
            found = super().__getattribute__(name)
            return (lambda **asked: change(found(**asked))) if name == operation else found

    account.monkeypatch.setattr(
        clients, "config_service", lambda region=None, **_: Changed(account.config, region or "eu-west-1")
    )


def each(member: str, path: Path) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Removes a member from each element of a list."""

    def change(answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {member: [_lacking(found, path) for found in answer[member]]}

    return change


def _lacking(found: dict[str, Any], path: Path) -> dict[str, Any]:
    return without(found, path) if path in set(paths(found)) else found


OPERATIONS = [
    ("get_aggregate_compliance_details_by_config_rule", "AggregateEvaluationResults", "COMPLIANT"),
    ("get_compliance_details_by_config_rule", "EvaluationResults", "NOT_APPLICABLE"),
]


@pytest.mark.parametrize("path", [*paths(RESULT)], ids=".".join)
@pytest.mark.parametrize(("operation", "member", "compliance"), OPERATIONS)
def test_a_result_without_a_member(account: Account, path: Path, operation: str, member: str, compliance: str) -> None:
    account.config.evaluated("a", compliance)
    changing(account, operation, each(member, path))
    if path in ESSENTIAL:
        with pytest.raises(FailedReadsError, match="evaluation result of AWS Config without"):
            account.run()
        assert place(account.report())["unknown"] == 1
        assert not account.report()["complete"]
    else:
        account.run()
        assert place(account.report())["evaluated"] == 1
    assert place(account.report())["compliant"] == (path not in ESSENTIAL and compliance == "COMPLIANT")


@pytest.mark.parametrize("member", ["AggregateEvaluationResults", "NextToken"])
def test_an_answer_without_its_results(account: Account, member: str) -> None:
    account.config.evaluated("a", "COMPLIANT")
    account.config.empty = False
    changing(
        account,
        "get_aggregate_compliance_details_by_config_rule",
        lambda answer: {name: value for name, value in answer.items() if name != member},
    )
    account.run()
    assert place(account.report())["compliant"] == (member == "NextToken")


def test_a_resource_without_a_name(account: Account) -> None:
    account.config.evaluated("a", "NON_COMPLIANT")
    changing(account, "list_aggregate_discovered_resources", each("ResourceIdentifiers", ("ResourceName",)))
    account.run()
    assert place(account.report())["non_compliant"] == 1


def test_a_list_of_resources_that_is_missing(account: Account) -> None:
    account.config.evaluated("a", "COMPLIANT")
    changing(account, "list_aggregate_discovered_resources", lambda _answer: {})
    account.run()
    assert {problem["kind"] for problem in account.report()["problems"]} == {"SUM_MISMATCH"}
