"""Excluded resources are counted separately for any result; waivers have the number of their findings."""

from datetime import date
from typing import Any

import pytest

from handlers.common.model import exclusion, waiver
from handlers.common.model.events import MISSED_CHANGE
from handlers.common.model.exclusion import Exclusion
from tests.handlers.report.test_completeness import place
from tests.support.report_account import S3, Account, Context, refusal
from tests.support.schemas import validate
from tests.support.waivers import bucket
from tests.support.waivers import waiver as made

SANDBOX = Exclusion(id="excluded-5a4d", rule=S3, reason="sandboxes hold no data", tags={"stage": "sandbox"})
LEDGER = Exclusion(id="excluded-1ed9", rule=S3, reason="moves next year", resource=bucket("ledger"))


@pytest.fixture
def estate(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account with buckets of every result; `ledger` and buckets with the prefix s are excluded."""
    for name in ("ledger", "bad", "sbad"):
        account.config.evaluated(name, "NON_COMPLIANT")
    for name in ("good", "sgood"):
        account.config.evaluated(name, "COMPLIANT")
    for name in ("new", "snew"):
        account.config.evaluated(name, None)
    account.config.tags = {name: {"stage": "sandbox"} for name in ("sbad", "sgood", "snew")}
    monkeypatch.setattr(exclusion, "load", lambda: (SANDBOX, LEDGER))
    return account


def test_excluded_resource_is_counted_separately_for_any_result(estate: Account) -> None:
    estate.run()
    report = estate.report()
    counts = place(report)
    assert (counts["discovered"], counts["evaluated"], counts["excluded"], counts["unknown"]) == (7, 2, 4, 1)
    assert (counts["compliant"], counts["non_compliant"], counts["waived"]) == (1, 1, 0)
    assert report["open"]["HIGH"]["findings"] == 1
    assert report["complete"], report["problems"]
    validate(report, "report")


def test_excluded_resource_is_listed_with_its_exclusion(estate: Account) -> None:
    estate.run()
    assert estate.report()["exclusions"] == [
        {"id": SANDBOX.id, "rule": S3, "resources": 3, "reason": SANDBOX.reason},
        {"id": LEDGER.id, "rule": S3, "resources": 1, "reason": LEDGER.reason},
    ]
    rows = {row["resource_id"]: row for row in estate.listing()}
    assert {name: row.get("exclusion") for name, row in rows.items()} == {
        **{"bad": None, "new": None, "ledger": LEDGER.id},
        **dict.fromkeys(("sbad", "sgood", "snew"), SANDBOX.id),
    }
    assert (rows["sgood"]["compliance_type"], rows["snew"]["compliance_type"]) == ("COMPLIANT", None)
    for row in rows.values():
        validate(row, "listing")


def test_exclusion_has_precedence_over_a_waiver(estate: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiver, "load", lambda: (made(),))
    estate.run()
    [row] = estate.report()["waivers"]
    assert row == {"id": "crane", "rule": S3, "end": "2026-03-31", "findings": 1}, "it covers it all the same"
    assert place(estate.report())["waived"] == 0


def test_an_event_is_sent_when_an_open_finding_is_excluded(estate: Account) -> None:
    estate.known("ledger", at="2026-03-01T00:30:00.000Z")
    estate.run()
    put = [each["newEvaluationResult"]["evaluationResultIdentifier"] for each in estate.put_details(MISSED_CHANGE)]
    assert "ledger" in {each["evaluationResultQualifier"]["resourceId"] for each in put}
    assert estate.report()["reconciliation"]["waivers"] == 1


@pytest.mark.parametrize(("findings", "names"), [(1, ("bad",)), (0, ("good",))])
def test_a_waiver_has_the_number_of_its_findings(
    estate: Account, monkeypatch: pytest.MonkeyPatch, findings: int, names: tuple[str, ...]
) -> None:
    monkeypatch.setattr(waiver, "load", lambda: tuple(made(name, resource=bucket(name)) for name in names))
    estate.run()
    assert [each["findings"] for each in estate.report()["waivers"]] == [findings]


@pytest.mark.parametrize(
    "failing",
    ["get_aggregate_compliance_details", "select_aggregate_resource_config", "list_aggregate_discovered_resources"],
)
def test_exclusion_has_no_count_after_a_failed_read(estate: Account, failing: str) -> None:
    def fail(call: str, _asked: dict[str, Any]) -> None:
        if call.startswith(failing):
            raise refusal()

    estate.config.before = fail
    with pytest.raises(Exception, match="InternalFailure"):
        estate.run()
    counted = {each["id"]: each["resources"] for each in estate.report()["exclusions"]}
    assert counted[SANDBOX.id] is None
    validate(estate.report(), "report")


def test_process_and_report_choose_the_same_exclusion(estate: Account) -> None:
    estate.config.tags["ledger"] = {"stage": "sandbox"}
    estate.run()
    [row] = [row for row in estate.listing() if row["resource_id"] == "ledger"]
    day = date(2026, 3, 1)
    applicable = exclusion.applicable(S3, bucket("ledger"), day, lambda: estate.config.tags["ledger"])
    assert applicable is not None and applicable.id == row["exclusion"]
    assert [each["resources"] for each in estate.report()["exclusions"]] == [4, 1]


def test_waiver_deployed_during_the_report_has_no_count(estate: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.run(context=Context(remaining=240_020, step=10))
    monkeypatch.setattr(waiver, "load", lambda: (made(resource=bucket("bad")),))
    [following] = estate.put_details("Report Continuation")
    estate.run({"detail-type": "Report Continuation", "time": "2026-03-01T01:00:00Z", "detail": following})
    assert [each["findings"] for each in estate.report()["waivers"]] == [None]


def test_a_finding_that_was_excluded_is_not_counted_as_resolved(estate: Account) -> None:
    estate.known("sgood", at="2026-02-28T20:00:00.000Z")
    estate.known("sgood", "COMPLIANT", at="2026-02-28T22:00:00.000Z")
    estate.run()
    assert estate.report()["changes"]["resolved"]["count"] == 0
