import json
from typing import Any

import pytest

from handlers.common.model import waiver
from handlers.common.model.events import MalformedEventError
from handlers.common.model.waiver import Waiver
from handlers.report.followups import NotTakenError
from handlers.rules import RULES
from tests.handlers.conftest import StandingClock
from tests.support.changes import ACCOUNT
from tests.support.report_account import EC2, KEY_OF_LISTING, KEY_OF_REPORT, REGIONS, S3, Account
from tests.support.schemas import validate
from tests.support.waivers import waiver as made


@pytest.fixture
def estate(account: Account) -> Account:
    """An account with one compliant, two violating and one unevaluated bucket, and an instance in another region."""
    given = {"ledger": "NON_COMPLIANT", "a": "COMPLIANT", "b": "NON_COMPLIANT", "new": None}
    for identity, compliance in given.items():
        account.config.evaluated(identity, compliance)
    account.config.evaluated("i-0abc", "NOT_APPLICABLE", EC2, "AWS::EC2::Instance", "eu-north-1")
    return account


def test_every_rule_is_reported_in_every_region(estate: Account) -> None:
    estate.run()
    report = estate.report()
    assert [row["rule"] for row in report["rules"]] == list(RULES)
    assert all(sorted(place["region"] for place in row["places"]) == sorted(REGIONS) for row in report["rules"])
    assert report["regions"]["eu-west-1"]["non_compliant"] == 2
    assert report["regions"]["eu-north-1"]["not_applicable"] == 1
    assert report["totals"] == {
        "discovered": 5,
        "undiscovered": 0,
        "evaluated": 4,
        "compliant": 1,
        "non_compliant": 2,
        "waived": 0,
        "excluded": 0,
        "not_applicable": 1,
        "unknown": 1,
    }
    assert (report["complete"], report["problems"]) == (True, [])


def test_header_has_account_and_time(estate: Account) -> None:
    estate.run()
    report = estate.report()
    assert (report["account"], report["environment"], report["settings_digest"]) == (ACCOUNT, "dev", "0" * 64)
    assert report["scheduled_at"] == "2026-03-01T00:45:00.000Z"
    assert report["generated_at"] == "2026-03-01T00:45:00.000Z"
    assert report["listing"] == {"key": KEY_OF_LISTING, "non_compliant": 2, "waived": 0, "excluded": 0, "unknown": 1}


@pytest.mark.parametrize(
    "waivers",
    [
        (made(), made("tagged", rule=EC2, tags={"supplier": "crane"})),
        (made(tags={"supplier": "crane", "end": "yes"}), made("ended", tags={"a": "b"}, end="2026-02-28")),
    ],
)
def test_waived_finding_is_counted_separately_and_listed_with_its_waiver(
    estate: Account, monkeypatch: pytest.MonkeyPatch, waivers: tuple[Waiver, ...]
) -> None:
    estate.config.tags |= {
        "ledger": {"supplier": "crane", "end": "yes"},
        "b": {"supplier": "crane"},
        "a": {"end": "yes"},
    }
    monkeypatch.setattr(waiver, "load", lambda: waivers)
    estate.run()
    report, rows = estate.report(), {row["resource_id"]: row for row in estate.listing()}
    totals = report["totals"]
    assert (totals["compliant"], totals["non_compliant"], totals["waived"], totals["evaluated"]) == (1, 1, 1, 4)
    assert (report["listing"]["non_compliant"], report["listing"]["waived"]) == (1, 1)
    assert (rows["ledger"]["waiver"], rows["b"]["waiver"]) == ("crane", None)
    assert [row["resource_id"] for row in report["worst"]] == ["b"]
    assert report["open"]["HIGH"]["findings"] == 1
    validate(rows["ledger"], "listing")


def test_documents_match_their_schemas(estate: Account) -> None:
    estate.known("ledger")
    estate.known("gone", "COMPLIANT")
    estate.run()
    validate(estate.report(), "report")
    for row in estate.listing():
        validate(row, "listing")


def test_listing_has_each_non_compliant_and_unknown_resource(estate: Account) -> None:
    estate.run()
    found = [(row["resource_id"], row["compliance_type"]) for row in estate.listing()]
    assert found == [("b", "NON_COMPLIANT"), ("ledger", "NON_COMPLIANT"), ("new", None)]


def test_retry_writes_the_same_report_again(estate: Account, time: StandingClock) -> None:
    estate.run()
    before = estate.report()
    estate.run()
    assert estate.all_keys() == [KEY_OF_LISTING, KEY_OF_REPORT]
    assert estate.report() == before


def test_age_is_from_the_findings_table(estate: Account) -> None:
    estate.known("ledger", at="2026-02-01T00:00:00Z")
    estate.run()
    rows = {row["resource_id"]: row for row in estate.listing()}
    assert (rows["ledger"]["first_seen"], rows["ledger"]["first_seen_source"]) == (
        "2026-02-01T00:00:00.000Z",
        "findings_table",
    )
    assert (rows["ledger"]["age_seconds"], rows["ledger"]["overdue"]) == (28 * 86_400 + 45 * 60, True)
    assert (rows["b"]["first_seen_source"], rows["b"]["age_seconds"], rows["b"]["overdue"]) == (
        "aggregator",
        25 * 60,
        False,
    )


def test_open_findings_are_counted_by_severity(estate: Account) -> None:
    estate.known("ledger", at="2026-02-01T00:45:00Z")
    estate.run()
    report = estate.report()
    assert report["open"]["HIGH"] == {
        "findings": 2,
        "overdue": 1,
        "mean_age_seconds": (28 * 86_400 + 25 * 60) // 2,
        "oldest_age_seconds": 28 * 86_400,
        "deadline_days": 7,
    }
    assert report["open"]["LOW"]["oldest_age_seconds"] is None
    assert [row["resource_id"] for row in report["worst"]] == ["ledger", "b"]
    assert [row["resource_id"] for row in report["overdue"]] == ["ledger"]
    assert report["changes"]["opened"]["count"] == 1


def test_time_to_resolve_covers_the_last_thirty_days(account: Account) -> None:
    for identity, opened, resolved in (
        ("a", "2026-02-27T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("b", "2026-02-19T00:00:00Z", "2026-02-20T00:00:00Z"),
        ("long-ago", "2025-02-19T00:00:00Z", "2026-01-20T00:00:00Z"),
    ):
        account.known(identity, at=opened)
        account.known(identity, "COMPLIANT", at=resolved)
    account.run()
    report = account.report()
    assert report["resolution"]["HIGH"] == {"resolved": 2, "mean_seconds": 36 * 3600}
    assert report["resolution"]["LOW"] == {"resolved": 0, "mean_seconds": None}
    assert [row["resource_id"] for row in report["changes"]["resolved"]["examples"]] == ["a"]


def test_report_has_the_top_findings_and_listing_has_all(account: Account) -> None:
    for number in range(25):
        account.config.evaluated(f"bucket-{number:02}", "NON_COMPLIANT")
    account.run()
    assert len(account.report()["worst"]) == 10
    assert account.report()["changes"]["opened"]["count"] == 25
    assert len(account.listing()) == 25


def test_metrics_are_those_of_rules_severities_and_the_whole(
    estate: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.run()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    rules = {line["Rule"]: line for line in lines if "Rule" in line}
    assert list(rules) == list(RULES)
    assert (rules[S3]["NonCompliantResources"], rules[S3]["UnknownResources"]) == (2, 1)
    severities = {line["Severity"]: line for line in lines if "Severity" in line}
    assert severities["HIGH"]["OpenFindings"] == 2
    assert "MeanTimeToResolveDays" not in severities["HIGH"], "nothing was resolved: that is no zero"
    (whole,) = [line for line in lines if "ReportsWritten" in line]
    assert (whole["ReportIncomplete"], whole["SilentRules"], whole["LostEvents"]) == (0, 0, 2)


def test_report_is_written_if_the_bus_fails(estate: Account) -> None:
    estate.refused = 1
    with pytest.raises(NotTakenError):
        estate.run()
    assert estate.report()["totals"]["non_compliant"] == 2


@pytest.mark.parametrize(
    "scheduled",
    [
        {},
        {"time": "soon"},
        [],
        None,
        {"detail-type": "Report Continuation"},
        {"detail-type": "Report Continuation", "detail": {"part": 0, "scheduled_at": "2026-03-01T00:45:00Z"}},
        {"detail-type": "Report Continuation", "detail": {"part": 1, "scheduled_at": "later"}},
    ],
)
def test_malformed_event_writes_nothing(account: Account, scheduled: Any) -> None:
    with pytest.raises(MalformedEventError):
        account.run(scheduled)
    assert account.all_keys() == []
