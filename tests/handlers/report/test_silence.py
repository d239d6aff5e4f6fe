"""A rule is silent if neither its results nor AWS Config's events show a recent evaluation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.common.model.rule import Managed
from handlers.common.runtime import clock
from handlers.common.stores import evaluations
from handlers.common.stores.journal import Journal
from handlers.report.app import FailedReadsError
from handlers.rules import RULES
from tests.handlers.conftest import StandingClock
from tests.handlers.report.test_completeness import place
from tests.support.report_account import EC2, EVALUATED, KEY_OF_REPORT, S3, Account, refusal
from tests.support.trails import journal


@pytest.mark.parametrize(
    ("evaluated", "silent"),
    [
        (datetime(2026, 2, 28, 17, 45, tzinfo=UTC), False),
        (datetime(2026, 2, 28, 17, 44, 59, tzinfo=UTC), True),
    ],
)
def test_a_rule_is_silent_after_seven_hours(
    account: Account, evaluated: datetime, silent: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    account.config.evaluated("a", "COMPLIANT", at=evaluated)
    account.run()
    assert place(account.report())["silent"] is silent
    assert [problem["kind"] for problem in account.report()["problems"]] == ["RULE_SILENT"] * silent
    assert f'"SilentRules": {int(silent)}' in capsys.readouterr().out


def noted(rule: str, at: datetime, region: str = "eu-west-1") -> None:
    """Stores the time of an evaluation started by AWS Config."""
    evaluations.note(journal(), rule, evaluations.Started(region, (), at))


def test_an_evaluation_without_a_changed_result_counts(account: Account) -> None:
    long_ago = datetime(2026, 2, 1, tzinfo=UTC)
    account.config.evaluated("a", "COMPLIANT", at=long_ago)
    noted(S3, EVALUATED)
    noted(S3, EVALUATED - timedelta(hours=6))
    account.run()
    found = place(account.report())
    assert (found["silent"], found["last_evaluated_at"]) == (False, clock.stamp(EVALUATED))
    assert account.report()["complete"]


def test_a_rule_without_results_after_its_evaluation_is_silent(account: Account) -> None:
    account.config.evaluated("a", None)
    noted(S3, EVALUATED)
    account.run()
    assert place(account.report())["silent"] is True


def test_an_evaluation_in_another_region_does_not_count(account: Account) -> None:
    account.config.evaluated("a", "COMPLIANT", at=datetime(2026, 2, 1, tzinfo=UTC))
    noted(S3, EVALUATED, region="eu-north-1")
    account.run()
    assert place(account.report())["silent"] is True


def test_evaluations_that_cannot_be_read_are_a_problem(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise refusal("AccessDeniedException")

    account.remediate("off")
    monkeypatch.setattr(Journal, "get_many", refused)
    account.config.evaluated("a", "COMPLIANT")
    with pytest.raises(FailedReadsError, match="EVALUATED"):
        account.run()
    assert [problem["kind"] for problem in account.report()["problems"]] == ["READ_FAILED"] * 2


def test_a_rule_never_evaluated_is_silent_only_with_resources(
    account: Account,
) -> None:
    account.config.evaluated("a", None)
    account.run()
    assert place(account.report())["silent"] is True
    assert place(account.report(), EC2)["silent"] is False


def test_silence_depends_on_the_clock_and_not_the_schedule(account: Account, time: StandingClock) -> None:
    account.config.evaluated("a", "COMPLIANT", at=EVALUATED - timedelta(hours=3))
    time.pass_by(5 * 3600)
    account.run()
    assert place(account.report())["silent"] is True


def test_an_old_schedule_event_overwrites_no_report(account: Account, time: StandingClock) -> None:
    account.config.evaluated("a", "COMPLIANT")
    account.run()
    before = account.text(KEY_OF_REPORT)
    time.pass_by(6 * 3600 + 60 * 60)
    account.config.evaluated("b", "NON_COMPLIANT")
    account.run()
    assert account.text(KEY_OF_REPORT) == before


def test_a_periodic_rule_s_evaluation_is_read_in_its_region(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uses an aggregator that keeps the time of an unchanged result."""
    source = Managed("RULE", {}, ("AWS::S3::Bucket",), periodic=True)
    monkeypatch.setitem(RULES, S3, replace(RULES[S3], source=source, remediation=None))
    account.config.evaluated("a", "COMPLIANT", at=datetime(2026, 2, 1, tzinfo=UTC))
    account.run()
    assert place(account.report())["silent"]
    account.config.invoked[f"{S3}-dev-ew1"] = {"ConfigRuleInvokedTime": EVALUATED}
    account.run()
    found = place(account.report())
    assert (found["silent"], found["compliant"]) == (False, 1)
    assert account.report()["complete"]
