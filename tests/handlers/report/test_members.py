"""The report over an organization: other members' results, through the aggregator alone."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from handlers.common.model import events
from handlers.common.runtime import clients
from handlers.report.app import handler
from handlers.report.environment import ReportEnvironment
from tests.support.changes import ACCOUNT
from tests.support.report_account import EC2, EVALUATED, RDS, S3, SCHEDULE, Account, Context, _result
from tests.support.schemas import validate
from tests.support.trails import TABLE

MEMBER, SILENT, EXCLUDED = "222233334444", "333344445555", "999988887777"
BUCKET = "AWS::S3::Bucket"
OWN_RULE = f"{S3}-dev-ew1"
MEMBER_S_RULE = f"OrgConfigRule-{OWN_RULE}-a1b2c3d4"


@dataclass
class Organization:
    """An aggregator of three accounts, one of them excluded; each page has one result and follows an empty page."""

    buckets: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    results: dict[tuple[str, str], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def describe_aggregate_compliance_by_config_rules(self, **asked: Any) -> dict[str, Any]:
        rows = [
            {"ConfigRuleName": rule, "AccountId": account, "AwsRegion": "eu-west-1"} for account, rule in self.results
        ]
        rows.append({"ConfigRuleName": "someone-s-rule", "AccountId": MEMBER, "AwsRegion": "eu-west-1"})
        rows.append({"ConfigRuleName": MEMBER_S_RULE, "AccountId": MEMBER, "AwsRegion": "us-east-1"})
        return self._page("AggregateComplianceByConfigRules", rows, asked)

    def get_aggregate_compliance_details_by_config_rule(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(("results", asked))
        found = self.results.get((asked["AccountId"], asked["ConfigRuleName"]), {})
        rows = [_result((BUCKET, name), compliance, EVALUATED) for name, compliance in found.items()]
        return self._page("AggregateEvaluationResults", rows if asked["AwsRegion"] == "eu-west-1" else [], asked)

    def get_compliance_details_by_config_rule(self, **asked: Any) -> dict[str, Any]:
        assert asked["ConfigRuleName"].endswith("-dev-ew1"), "only the own account's rules can be asked directly"
        return {"EvaluationResults": []}

    def list_aggregate_discovered_resources(self, **asked: Any) -> dict[str, Any]:
        assert "AccountId" not in asked["Filters"]
        rows = [
            {"SourceAccountId": account, "ResourceType": BUCKET, "ResourceId": name}
            for account, names in self.buckets.items()
            for name in names
        ]
        here = asked["Filters"]["Region"] == "eu-west-1" and asked["ResourceType"] == BUCKET
        return self._page("ResourceIdentifiers", rows if here else [], asked)

    def get_aggregate_discovered_resource_counts(self, **asked: Any) -> dict[str, Any]:
        assert asked["GroupByKey"] == "ACCOUNT_ID"
        here = asked["Filters"]["Region"] == "eu-west-1" and asked["Filters"]["ResourceType"] == BUCKET
        rows = [{"GroupName": account, "ResourceCount": len(names)} for account, names in self.buckets.items()]
        return self._page("GroupedResourceCounts", rows if here else [], asked) | {"TotalDiscoveredResources": -1}

    def _page(self, name: str, rows: list[Any], asked: dict[str, Any]) -> dict[str, Any]:
        start = int(asked.get("NextToken", 0))
        more = {"NextToken": str(start + 1)} if start + 1 < len(rows) else {}
        return {name: rows[start : start + 1], **more}


@pytest.fixture
def organization(account: Account, monkeypatch: pytest.MonkeyPatch) -> Organization:
    found = Organization()
    monkeypatch.setattr(clients, "config_service", lambda region=None, **_: found)
    variables = ReportEnvironment(
        environment="dev",
        environment_suffix="ew1",
        account=ACCOUNT,
        members=True,
        excluded_accounts=(EXCLUDED,),
        home_region="eu-west-1",
        regions=("eu-west-1", "eu-north-1"),
        aggregator="aggregator-dev-ew1",
        findings_table="findings",
        report_bucket="reports",
        journal_table=TABLE,
        event_bus="compliance-dev-ew1",
        settings_digest="0" * 64,
        deadline_days={"CRITICAL": 2, "HIGH": 7, "MEDIUM": 30, "LOW": 90},
        remediation_modes={S3: "enforce", EC2: "off", RDS: "off"},
        remediation_scopes={EC2: [], RDS: [], S3: ["member-bad", "own-bad"]},
    )
    for name, value in variables.to_variables().items():
        monkeypatch.setenv(name, value)
    found.buckets |= {ACCOUNT: ["own", "own-bad"], MEMBER: ["member", "member-bad", "member-unevaluated"]}
    found.buckets |= {SILENT: ["nobody-looked"], EXCLUDED: ["left-out"]}
    found.results[ACCOUNT, OWN_RULE] = {"own": "COMPLIANT", "own-bad": "NON_COMPLIANT"}
    found.results[MEMBER, MEMBER_S_RULE] = {"member": "COMPLIANT", "member-bad": "NON_COMPLIANT"}
    found.results[EXCLUDED, MEMBER_S_RULE] = {"left-out": "NON_COMPLIANT"}
    return found


def test_every_monitored_account_is_counted_and_no_other(organization: Organization, account: Account) -> None:
    account.run()
    report = account.report()
    validate(report, "report")
    assert report["problems"] == []
    found = {
        name: (counts["compliant"], counts["non_compliant"], counts["unknown"])
        for name, counts in report["accounts"].items()
    }
    assert found == {ACCOUNT: (1, 1, 0), MEMBER: (1, 1, 1), SILENT: (0, 0, 1)}
    assert report["totals"]["discovered"] == 6


def test_findings_have_their_account(organization: Organization, account: Account) -> None:
    account.run()
    rows = {row["resource_id"]: row for row in account.listing()}
    assert {name: row["account"] for name, row in rows.items()} == {
        "own-bad": ACCOUNT,
        "member-bad": MEMBER,
        "member-unevaluated": MEMBER,
        "nobody-looked": SILENT,
    }
    for row in rows.values():
        validate(row, "listing")


def test_a_remediation_applies_to_its_own_account_only(organization: Organization, account: Account) -> None:
    account.run()
    rows = {row["resource_id"]: row.get("remediation") for row in account.listing()}
    assert (rows["own-bad"], rows["member-bad"]) == ("enforce", "out_of_scope")


def test_changes_in_members_are_reported_without_events(organization: Organization, account: Account) -> None:
    account.run()
    missed = {detail["awsAccountId"]: detail for detail in account.put_details(events.MISSED_CHANGE)}
    assert set(missed) == {ACCOUNT, MEMBER}
    assert missed[MEMBER]["configRuleName"] == OWN_RULE, "reported under the name that every account's rule has here"


def test_a_silent_rule_in_a_member_is_not_a_problem(
    organization: Organization, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.handlers.report.test_members.EVALUATED", datetime.fromisoformat("2026-02-01T00:00Z"))
    account.run()
    problems = account.report()["problems"]
    assert {(problem["kind"], problem["account"]) for problem in problems} == {("RULE_SILENT", ACCOUNT)}


def test_an_organization_is_read_over_several_invocations(organization: Organization, account: Account) -> None:
    account.run()
    whole = account.report()
    scheduled: Any = SCHEDULE
    for _ in range(200):
        account.put = []
        handler(scheduled, Context(remaining=240_001 + 1, step=1))
        continuations = account.put_details(events.REPORT_CONTINUATION)
        if not continuations:
            break
        scheduled = {"detail-type": events.REPORT_CONTINUATION, "detail": continuations[0]}
    assert account.report() == whole
