from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handlers.report import aggregator

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


class Pages:
    """A client that answers each call with the next of its pages, and checks the token it is given."""

    def __init__(self, name: str, pages: list[list[Any]]) -> None:
        self.name = name
        self.pages = pages
        self.calls: list[dict[str, Any]] = []

    def answer(self, **arguments: Any) -> dict[str, Any]:
        number = len(self.calls)
        assert arguments.get("NextToken") == (f"token-{number}" if number else None)
        self.calls.append(arguments)
        more = {"NextToken": f"token-{number + 1}"} if number + 1 < len(self.pages) else {}
        return {self.name: self.pages[number], **more}

    get_aggregate_compliance_details_by_config_rule = answer
    get_compliance_details_by_config_rule = answer
    list_aggregate_discovered_resources = answer


def source(pages: Pages) -> aggregator.Source:
    client: Any = pages
    return aggregator.Source(client, "aggregator-dev-ew1", "111122223333", "eu-west-1")


def result(resource_id: str, compliance_type: str = "COMPLIANT") -> dict[str, Any]:
    qualifier = {"ConfigRuleName": "rule", "ResourceType": "AWS::S3::Bucket", "ResourceId": resource_id}
    return {
        "EvaluationResultIdentifier": {"EvaluationResultQualifier": qualifier},
        "ComplianceType": compliance_type,
        "ResultRecordedTime": MOMENT,
    }


@given(st.lists(st.lists(st.text(min_size=1), max_size=3), min_size=1, max_size=6))
def test_every_page_is_read_the_empty_ones_too(ids: list[list[str]]) -> None:
    pages = Pages("AggregateEvaluationResults", [[result(each) for each in page] for page in ids])
    found = aggregator.results(source(pages), "rule")
    assert [each.resource[1] for each in found] == [each for page in ids for each in page]
    assert len(pages.calls) == len(ids)
    assert all(call["Limit"] == 100 for call in pages.calls)


def test_not_applicable_is_asked_of_the_rule_itself() -> None:
    pages = Pages("EvaluationResults", [[], [result("a", "NOT_APPLICABLE")]])
    client: Any = pages
    found = aggregator.not_applicable(client, "rule")
    assert [(each.resource[1], each.compliance_type) for each in found] == [("a", "NOT_APPLICABLE")]
    assert found[0].recorded_at == "2026-03-01T00:00:00.000Z"
    assert pages.calls[0]["ComplianceTypes"] == ["NOT_APPLICABLE"]


def test_discovered_resources_are_those_of_the_account_and_region() -> None:
    pages = Pages("ResourceIdentifiers", [[], [{"ResourceType": "AWS::S3::Bucket", "ResourceId": "a"}]])
    assert aggregator.discovered(source(pages), "AWS::S3::Bucket") == [("AWS::S3::Bucket", "a")]
    assert pages.calls[0]["Filters"] == {"AccountId": "111122223333", "Region": "eu-west-1"}
