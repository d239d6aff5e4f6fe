"""Changes that the findings table missed, or that a remediation did not fix."""

import dataclasses
from datetime import timedelta

import pytest

from handlers.common.model import waiver
from handlers.common.model.events import ComplianceChange
from handlers.common.runtime import clock
from handlers.common.stores.findings_table import FindingsTable
from handlers.rules import RULES
from tests.handlers.conftest import StandingClock
from tests.support.changes import ACCOUNT, event
from tests.support.report_account import EC2, RDS, S3, Account
from tests.support.waivers import waiver as made

MISSED = "Missed Compliance Change"


def missed(account: Account) -> list[tuple[str, str]]:
    return [
        (change.resource_id, change.compliance_type)
        for change in (
            ComplianceChange.from_event({"id": "x", "detail": each}, ACCOUNT.__eq__)
            for each in account.put_details(MISSED)
        )
    ]


def test_a_finding_that_was_never_recorded_is_opened(account: Account) -> None:
    account.config.evaluated("a", "NON_COMPLIANT")
    account.run()
    assert missed(account) == [("a", "NON_COMPLIANT")]
    assert account.report()["reconciliation"] == {"opened": 1, "resolved": 0, "waivers": 0, "unconfirmed": 0}


@pytest.mark.parametrize("compliance", ["COMPLIANT", "NOT_APPLICABLE"])
@pytest.mark.parametrize("discovered", [True, False])
def test_a_finding_that_is_compliant_in_config_is_resolved(account: Account, compliance: str, discovered: bool) -> None:
    account.known("a")
    account.config.evaluated("a", compliance, discovered=discovered)
    account.run()
    assert missed(account) == [("a", compliance)]
    assert account.report()["reconciliation"] == {"opened": 0, "resolved": 1, "waivers": 0, "unconfirmed": 0}


def test_a_finding_that_was_resolved_and_is_violated_again_is_reopened(account: Account) -> None:
    account.known("a", at="2026-02-01T00:00:00Z")
    account.known("a", "COMPLIANT", at="2026-02-02T00:00:00Z")
    account.config.evaluated("a", "NON_COMPLIANT")
    account.run()
    assert missed(account) == [("a", "NON_COMPLIANT")]


def test_a_later_change_in_the_findings_table_is_kept(account: Account) -> None:
    """Uses a result of the aggregator that is older than the last event."""
    account.known("a", at="2026-02-01T00:00:00Z")
    account.known("a", "COMPLIANT", at="2026-03-01T00:21:00Z")
    account.known("b", at="2026-03-01T00:21:00Z")
    account.config.evaluated("a", "NON_COMPLIANT")
    account.config.evaluated("b", "COMPLIANT")
    account.run()
    assert missed(account) == []


def test_findings_without_a_result_stay_open_and_are_counted(account: Account) -> None:
    account.known("a")
    account.config.evaluated("a", None)
    account.run()
    assert missed(account) == []
    assert account.report()["reconciliation"]["unconfirmed"] == 1


def test_a_recent_change_is_not_reported_yet(account: Account, time: StandingClock) -> None:
    account.config.evaluated("a", "NON_COMPLIANT", at=time.moment - timedelta(minutes=9))
    account.run()
    assert missed(account) == []
    time.pass_by(2 * 60)
    account.run()
    assert missed(account) == [("a", "NON_COMPLIANT")]


def test_a_repeated_change_updates_the_findings_table(account: Account) -> None:
    account.known("closed")
    account.config.evaluated("closed", "COMPLIANT")
    account.config.evaluated("opened", "NON_COMPLIANT")
    account.run()
    register = FindingsTable(account.dynamodb, "findings")
    for detail in account.put_details(MISSED):
        change = ComplianceChange.from_event({"id": "x", "detail": detail}, ACCOUNT.__eq__)
        register.record(change, RULES[S3], timedelta(seconds=60))
    account.put.clear()
    account.run()
    assert account.put == []
    assert account.report()["reconciliation"] == {"opened": 0, "resolved": 0, "waivers": 0, "unconfirmed": 0}


def test_many_changes_are_reported_in_several_calls(account: Account) -> None:
    for number in range(23):
        account.config.evaluated(f"b{number:02}", "NON_COMPLIANT")
    account.run()
    assert len(missed(account)) == 23
    assert len(set(missed(account))) == 23


def test_a_waiver_that_begins_or_ends_is_reported(
    account: Account, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checks the ordering timestamp of the findings table: process ignores older changes."""
    account.config.evaluated("ledger", "NON_COMPLIANT")
    account.known("ledger", at="2026-03-01T00:21:00Z")
    monkeypatch.setattr(waiver, "load", lambda: (made(),))
    account.run()
    (detail,) = account.put_details(MISSED)
    change = ComplianceChange.from_event({"id": "x", "detail": detail}, ACCOUNT.__eq__)
    assert change.order == "2026-03-01T00:21:00.000Z/2026-03-01T00:21:00.000Z"
    assert account.report()["reconciliation"] == {"opened": 0, "resolved": 0, "waivers": 1, "unconfirmed": 0}
    register = FindingsTable(account.dynamodb, "findings")
    register.record(change, RULES[S3], timedelta(seconds=60), "crane")
    account.put.clear()
    account.run()
    assert account.put_details(MISSED) == []
    monkeypatch.setattr(waiver, "load", lambda: (made(end="2026-02-28"),))
    account.run()
    assert len(account.put_details(MISSED)) == 1


@pytest.mark.parametrize(
    ("mode", "scope", "word"),
    [("off", ["a"], "off"), ("plan", ["a"], "plan"), ("enforce", ["a"], "enforce"), ("enforce", ["b"], "out_of_scope")],
)
def test_listing_has_the_remediation_mode(account: Account, mode: str, scope: list[str], word: str) -> None:
    account.config.evaluated("a", "NON_COMPLIANT")
    account.config.evaluated("i-1", "NON_COMPLIANT", EC2, "AWS::EC2::Instance")
    account.remediate(mode, *scope)
    account.run()
    words = {row["resource_id"]: row["remediation"] for row in account.listing()}
    assert words == {"a": word, "i-1": "off"}


def test_a_database_is_in_scope_by_its_recorded_name(account: Account) -> None:
    kind = "AWS::RDS::DBInstance"
    account.config.names["db-ABC"] = "orders"
    for identity in ("db-ABC", "db-XYZ"):
        account.config.evaluated(identity, "NON_COMPLIANT", RDS, kind)
    account.remediate("enforce", "db:orders", rule=RDS)
    account.run()
    words = {row["resource_id"]: row["remediation"] for row in account.listing()}
    assert words == {"db-ABC": "enforce", "db-XYZ": "out_of_scope"}


def due(account: Account, resource_id: str, seconds: float, compliance: str = "NON_COMPLIANT") -> None:
    """Writes a finding whose alert was started some time ago and never sent."""
    change = ComplianceChange.from_event(
        event(resource_id, compliance, ordering="2026-03-01T00:00:00Z"), ACCOUNT.__eq__
    )
    register = FindingsTable(account.dynamodb, "findings")
    finding = register.record(change, RULES[S3], timedelta(seconds=60))
    assert finding is not None
    claimed = clock.stamp(clock.now() - timedelta(seconds=seconds))
    register._put(dataclasses.replace(finding, alert_claimed_at=claimed, revision=finding.revision + 1))


def test_an_unsent_alert_is_sent_again(account: Account) -> None:
    due(account, "a", seconds=700)
    due(account, "b", seconds=300)
    for name in ("a", "b"):
        account.config.evaluated(name, "NON_COMPLIANT")
    account.run()
    assert missed(account) == [("a", "NON_COMPLIANT")]
    (detail,) = account.put_details(MISSED)
    again = ComplianceChange.from_event({"id": "x", "detail": detail}, ACCOUNT.__eq__)
    register = FindingsTable(account.dynamodb, "findings")
    taken = register.record(again, RULES[S3], timedelta(seconds=60))
    assert taken is not None
    assert taken.alert_due == "OPENED"
