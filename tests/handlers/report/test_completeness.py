"""Missing, failed or partial reads never make a resource compliant, and never close a finding."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.common.model.rule import Managed
from handlers.report.app import FailedReadsError
from handlers.rules import RULES
from tests.support.report_account import EC2, S3, Account, Client, Config, refusal

RESULTS = "get_aggregate_compliance_details_by_config_rule"
NOT_APPLICABLE = "get_compliance_details_by_config_rule"
DISCOVERED = "list_aggregate_discovered_resources"
COUNTS = "get_aggregate_discovered_resource_counts"


def failing(account: Account, call: str, at: int, error: Exception, **asked: str) -> None:
    """Fails the n-th and later reads of the S3 rule in the home region."""
    seen = 0

    def before(name: str, arguments: dict[str, Any]) -> None:
        nonlocal seen
        text = str(arguments)
        about_s3 = "s3-bucket" in text or "AWS::S3::Bucket" in text
        if name == call and about_s3 and "eu-north-1" not in text:
            seen += 1
            if seen >= at:
                raise error

    account.config.before = before


def place(report: dict[str, Any], rule: str = S3, region: str = "eu-west-1") -> dict[str, Any]:
    (row,) = [row for row in report["rules"] if row["rule"] == rule]
    found: dict[str, Any]
    (found,) = [place for place in row["places"] if place["region"] == region]
    return found


@pytest.mark.parametrize("at", [1, 2, 3])
def test_results_that_fail_midway_leave_everything_unknown(account: Account, at: int) -> None:
    for number in range(6):
        account.config.evaluated(f"b{number}", "COMPLIANT")
    failing(account, RESULTS, at, refusal())
    with pytest.raises(FailedReadsError, match="RESULTS s3-bucket-default-encryption-kms 111122223333 eu-west-1"):
        account.run()
    found, report = place(account.report()), account.report()
    assert (found["compliant"], found["unknown"], found["discovered"]) == (0, 6, 6)
    assert not report["complete"]
    assert [(problem["kind"], problem["rule"]) for problem in report["problems"]] == [("READ_FAILED", S3)]


def test_a_failed_read_of_not_applicable_discards_the_rule_s_results(account: Account) -> None:
    account.config.evaluated("a", "COMPLIANT")
    failing(account, NOT_APPLICABLE, 1, refusal())
    with pytest.raises(FailedReadsError):
        account.run()
    assert (place(account.report())["compliant"], place(account.report())["unknown"]) == (0, 1)


def test_other_rules_are_still_read(account: Account) -> None:
    account.config.evaluated("a", "COMPLIANT")
    account.config.evaluated("i-1", "COMPLIANT", EC2, "AWS::EC2::Instance")
    failing(account, RESULTS, 1, EndpointConnectionError(endpoint_url="https://config"))
    with pytest.raises(FailedReadsError):
        account.run()
    assert place(account.report(), EC2)["compliant"] == 1


def test_discovery_that_fails_midway_is_reported_and_counts_nothing_as_known(account: Account) -> None:
    for number in range(6):
        account.config.evaluated(f"b{number}", "COMPLIANT" if number else None)
    failing(account, DISCOVERED, 3, refusal())
    with pytest.raises(FailedReadsError, match="DISCOVERED"):
        account.run()
    found, report = place(account.report()), account.report()
    assert (found["discovered"], found["undiscovered"], found["compliant"]) == (0, 5, 5)
    assert {problem["kind"] for problem in report["problems"]} == {"READ_FAILED", "SUM_MISMATCH"}


@pytest.mark.parametrize("call", [RESULTS, NOT_APPLICABLE])
def test_failed_reads_close_no_finding(account: Account, call: str) -> None:
    account.known("a")
    account.config.evaluated("a", "COMPLIANT")
    failing(account, call, 1, refusal())
    with pytest.raises(FailedReadsError):
        account.run()
    assert account.put == []
    assert account.report()["reconciliation"] == {"opened": 0, "resolved": 0, "waivers": 0, "unconfirmed": 0}


def test_an_unread_findings_table_opens_and_closes_nothing(account: Account) -> None:
    account.config.evaluated("a", "NON_COMPLIANT")
    account.dynamodb.delete_table(TableName="findings")
    with pytest.raises(FailedReadsError, match="FINDINGS"):
        account.run()
    assert account.put == []
    assert account.report()["totals"]["non_compliant"] == 1
    assert [problem["kind"] for problem in account.report()["problems"]] == ["READ_FAILED"]


def test_the_retry_replaces_the_incomplete_report(account: Account) -> None:
    account.config.evaluated("a", "COMPLIANT")
    failing(account, RESULTS, 1, refusal())
    with pytest.raises(FailedReadsError):
        account.run()
    account.config.before = lambda _name, _asked: None
    account.run()
    assert (account.report()["complete"], account.report()["totals"]["compliant"]) == (True, 1)


def test_an_incomplete_report_replaces_no_complete_one(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.config.evaluated("a", "NON_COMPLIANT")
    account.run()
    before = account.report(), account.listing()
    capsys.readouterr()
    failing(account, RESULTS, 1, refusal())
    with pytest.raises(FailedReadsError):
        account.run()
    assert (account.report(), account.listing()) == before
    assert capsys.readouterr().out == "", "nor does it count"


def test_a_result_without_a_discovered_resource_is_reported(account: Account) -> None:
    account.config.evaluated("ghost", "NON_COMPLIANT", discovered=False)
    account.config.evaluated("gone", "NOT_APPLICABLE", discovered=False)
    account.run()
    assert place(account.report())["undiscovered"] == 1
    (problem,) = account.report()["problems"]
    assert (problem["kind"], problem["rule"]) == ("SUM_MISMATCH", S3)
    assert account.listing()[0]["discovered"] is False


def test_a_list_shorter_than_the_aggregator_s_count_is_reported(account: Account) -> None:
    account.config.evaluated("a", "COMPLIANT")
    account.config.miscount = 2
    account.run()
    (problem,) = account.report()["problems"]
    assert problem["detail"] == "AWS::S3::Bucket: the aggregator counts 3 resources and lists 1"


def test_calls_are_pages(account: Account) -> None:
    for number in range(7):
        account.config.evaluated(f"b{number}", "COMPLIANT")
    account.config.empty = False
    account.run()
    types = {kind for rule in RULES.values() for kind in rule.resource_types}
    # 7 results and 7 resources in pages of 2; every other read, in both regions, has a single empty page.
    assert account.config.calls.count(RESULTS) == 4 + (2 * len(RULES) - 1)
    assert account.config.calls.count(DISCOVERED) == 4 + (2 * len(types) - 1)
    assert account.config.calls.count(NOT_APPLICABLE) == 2 * len(RULES)
    assert account.config.calls.count(COUNTS) == 2 * len(types)


COMPLIANCE_TYPES = st.sampled_from(["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA", None])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    resources=st.dictionaries(st.text(min_size=1, max_size=5), st.tuples(COMPLIANCE_TYPES, st.booleans()), max_size=12),
    page_size=st.integers(1, 5),
    empty=st.booleans(),
)
def test_totals_are_consistent_for_any_results(
    account: Account, resources: dict[str, tuple[str | None, bool]], page_size: int, empty: bool
) -> None:
    account.config.resources, account.config.results = {}, {}
    for key in account.all_keys():
        account.s3.delete_object(Bucket="reports", Key=key)
    account.config.page_size, account.config.empty = page_size, empty
    for identity, (compliance, discovered) in resources.items():
        account.config.evaluated(identity, compliance, discovered=discovered)
    account.run()
    for row in account.report()["rules"]:
        for counts in row["places"]:
            evaluated = counts["compliant"] + counts["non_compliant"] + counts["not_applicable"]
            assert counts["evaluated"] == evaluated
            assert counts["discovered"] + counts["undiscovered"] == counts["evaluated"] + counts["unknown"]
    results = [compliance for compliance, _ in resources.values()]
    assert place(account.report())["compliant"] == results.count("COMPLIANT")
    assert len([row for row in account.listing() if row["compliance_type"]]) == results.count("NON_COMPLIANT")


def test_fake_config_pages_as_aws_does() -> None:
    config = Config(page_size=1)
    config.evaluated("a", "COMPLIANT")
    first = Client(config, "eu-west-1").list_aggregate_discovered_resources(
        ResourceType="AWS::S3::Bucket", Filters={"Region": "eu-west-1"}, Limit=100
    )
    assert first == {"ResourceIdentifiers": [], "NextToken": "0/full"}


def test_a_rule_unavailable_in_a_region_has_nothing_unknown_there(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Managed("RULE", {}, ("AWS::S3::Bucket",), absent=("eu-north-1",))
    monkeypatch.setitem(RULES, "elsewhere", replace(RULES[S3], name="elsewhere", source=source, remediation=None))
    account.config.evaluated("a", "COMPLIANT", region="eu-north-1")
    account.run()
    [row] = [row for row in account.report()["rules"] if row["rule"] == "elsewhere"]
    assert [each["region"] for each in row["places"]] == ["eu-west-1"]
    assert account.report()["complete"], account.report()["problems"]
