"""The report sends an event again whose case AWS Config's event has not closed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.common.model.events import ComplianceChange
from handlers.common.model.finding import finding_id
from handlers.common.stores import open_cases
from handlers.common.stores.journal import Journal
from handlers.report.app import FailedReadsError
from tests.handlers.conftest import StandingClock
from tests.support.changes import ACCOUNT
from tests.support.report_account import RDS, S3, SCHEDULE, Account, Context, refusal
from tests.support.trails import journal

NOTHING = {"opened": 0, "resolved": 0, "waivers": 0, "unconfirmed": 0}


def begun(resource_id: str, rule: str = S3, kind: str = "AWS::S3::Bucket") -> None:
    open_cases.enter(journal(), finding_id(rule, ACCOUNT, "eu-west-1", kind, resource_id), 1)


def put(account: Account) -> list[tuple[str, str, str]]:
    changes = [
        ComplianceChange.from_event({"id": "x", "detail": each}, ACCOUNT.__eq__)
        for each in account.put_details("Missed Compliance Change")
    ]
    return [(change.resource_id, change.compliance_type, change.observed_at) for change in changes]


def closed(account: Account, resource_id: str, compliance: str, at: str = "2026-02-02T00:00:00Z") -> None:
    """Writes a finding to the findings table that was opened and closed."""
    account.known(resource_id, at="2026-02-01T00:00:00Z")
    account.known(resource_id, compliance, at=at)


@pytest.mark.parametrize("word", ["COMPLIANT", "NOT_APPLICABLE"])
@pytest.mark.parametrize("mode", ["plan", "approve", "enforce"])
def test_event_of_a_closed_case_is_sent_again(account: Account, word: str, mode: str) -> None:
    account.remediate(mode, "a")
    begun("a")
    closed(account, "a", word)
    account.config.evaluated("a", word)
    account.run()
    assert put(account) == [("a", word, "2026-03-01T00:20:00.000Z")]
    assert account.report()["reconciliation"] == NOTHING


def test_without_an_entry_or_a_remediation_nothing_is_sent(account: Account) -> None:
    for name in ("a", "b"):
        closed(account, name, "COMPLIANT")
        account.config.evaluated(name, "COMPLIANT")
    account.run()
    assert put(account) == []
    begun("b")
    account.remediate("off")
    account.run()
    assert put(account) == []
    account.remediate("plan")
    account.run()
    assert [name for name, *_ in put(account)] == ["b"]


def test_case_with_a_violation_is_left_open(account: Account) -> None:
    """Uses a violation in the findings table, in AWS Config, or in both."""
    for name in ("both", "findings_table", "config"):
        begun(name)
    account.known("both", at="2026-03-01T00:20:00Z")
    account.config.evaluated("both", "NON_COMPLIANT")
    account.known("findings_table", at="2026-03-01T00:21:00Z")
    account.config.evaluated("findings_table", "COMPLIANT")
    closed(account, "config", "COMPLIANT")
    account.config.evaluated("config", "NON_COMPLIANT")
    account.run()
    assert [(name, word) for name, word, _ in put(account)] == [("config", "NON_COMPLIANT")]


def test_event_missing_in_the_findings_table_is_sent_once(account: Account) -> None:
    begun("a")
    account.known("a")
    account.config.evaluated("a", "COMPLIANT")
    account.run()
    assert [name for name, *_ in put(account)] == ["a"]


def test_a_recent_result_is_not_sent_again_yet(account: Account, time: StandingClock) -> None:
    begun("a")
    moment: datetime = time.moment - timedelta(minutes=9)
    closed(account, "a", "COMPLIANT")
    account.config.evaluated("a", "COMPLIANT", at=moment)
    account.run()
    assert put(account) == []
    time.pass_by(2 * 60)
    account.run()
    assert [name for name, *_ in put(account)] == ["a"]


@pytest.mark.parametrize("stale", ["NON_COMPLIANT", None])
def test_findings_table_decides_about_deleted_resources(account: Account, stale: str | None) -> None:
    begun("a")
    closed(account, "a", "NOT_APPLICABLE", at="2026-03-01T00:25:00Z")
    account.config.evaluated("a", stale, discovered=False)
    account.run()
    assert put(account) == [("a", "NOT_APPLICABLE", "2026-03-01T00:25:00.000Z")]


def test_unknown_resources_send_nothing(account: Account) -> None:
    for name in ("a", "b", "c"):
        begun(name)
    account.known("b")
    account.config.evaluated("c", "COMPLIANT")
    account.run()
    assert [name for name, *_ in put(account)] == ["c"]
    assert account.report()["reconciliation"]["unconfirmed"] == 1


def test_a_list_that_cannot_be_read_is_a_problem(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    begun("a")
    closed(account, "a", "COMPLIANT")
    account.config.evaluated("a", "COMPLIANT")
    original = Journal.get_many

    def refused(self: Journal, keys: Any) -> Any:
        if open_cases.key_of(S3) in keys:
            raise refusal("AccessDeniedException")
        return original(self, keys)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "get_many", refused)
        with pytest.raises(FailedReadsError, match="OPEN_CASES"):
            account.run()
    assert put(account) == []
    account.run()
    assert [name for name, *_ in put(account)] == ["a"]


def test_a_report_of_several_parts_has_the_lists(account: Account) -> None:
    account.remediate("enforce", "db:orders", rule=RDS)
    begun("db-ORDERS", RDS, "AWS::RDS::DBInstance")
    account.config.evaluated("db-ORDERS", "COMPLIANT", RDS, "AWS::RDS::DBInstance")
    event: Any = SCHEDULE
    for part in range(1, 20):
        account.run(event, Context(900_000, 100_000))
        following = account.put_details("Report Continuation")
        if len(following) < part:
            break
        event = {"detail-type": "Report Continuation", "detail": following[-1]}
    assert [name for name, *_ in put(account)] == ["db-ORDERS"]
    assert part > 2
