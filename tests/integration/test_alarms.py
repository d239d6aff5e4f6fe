"""Each alarm is in ALARM when it should be, and in OK otherwise."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError

from simulation.aws.account import SimulatedAccount
from simulation.aws.saved import Saved
from simulation.demo import estate
from tests.support.changes import event

EVALUATE, REPORT, SCORE, AGAIN = (
    f"{name}-on-schedule-dev-ew1" for name in ("evaluate", "report", "score", "score-again")
)


@pytest.fixture(scope="module")
def a_day(deployment: Saved) -> Saved:
    """A deployment that has watched a bucket for a day."""
    with deployment.again() as cloud:
        estate.make_bucket(cloud, "ledger", estate.AES256)
        cloud.record()
        cloud.run_until(cloud.clock.now() + timedelta(hours=31))
        return Saved(cloud)


@pytest.fixture
def running(a_day: Saved) -> Iterator[SimulatedAccount]:
    with a_day.again() as cloud:
        yield cloud


def ringing(cloud: SimulatedAccount) -> set[str]:
    return {name.removesuffix("-dev-ew1") for name, state in cloud.alarms().items() if state == "ALARM"}


def after(cloud: SimulatedAccount, hours: float, *skipped: str) -> set[str]:
    cloud.run_until(cloud.clock.now() + timedelta(hours=hours), skip=skipped)
    return ringing(cloud)


def test_nothing_goes_off_while_nothing_is_wrong(running: SimulatedAccount) -> None:
    assert ringing(running) == set()
    assert after(running, 24) == set()
    assert running.mailbox.suspended == {}


def test_silence_goes_off_after_its_grace_and_ends_with_the_next_run(running: SimulatedAccount) -> None:
    assert after(running, 5, EVALUATE, REPORT) == set()
    assert after(running, 4, EVALUATE, REPORT) == {"evaluation-missing", "report-missing"}
    assert after(running, 7) == set()


def test_a_day_without_a_score_goes_off(running: SimulatedAccount) -> None:
    assert after(running, 27, SCORE, AGAIN) == {"score-missing"}


def test_what_says_that_rules_were_evaluated_is_config_s_own_event(
    running: SimulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The simulated aggregator does not copy the time of an evaluation that changed nothing."""
    original = running.delivery.put

    def lost(event: dict[str, Any]) -> None:
        if event["detail-type"] != "Config Rules Re-evaluation Status":
            original(event)

    monkeypatch.setattr(running.config, "_emit", lost)
    assert after(running, 14) == {"rule-silent", "report-incomplete"}


def test_rules_that_evaluate_nothing_go_off_though_reports_are_written(running: SimulatedAccount) -> None:
    assert after(running, 14, EVALUATE) >= {"evaluation-missing", "rule-silent", "report-incomplete"}
    assert after(running, 7) == set()


def test_an_incomplete_report_goes_off_until_the_next(running: SimulatedAccount) -> None:
    def fail(action: str) -> None:
        if action == "list_aggregate_discovered_resources":
            raise JsonRESTError("InvalidLimitException", "simulated")

    running.config.gate = fail
    running.fire(REPORT)
    assert ringing(running) >= {"report-incomplete", "report-errors", "compliance-failures-waiting"}
    running.config.gate = lambda _action: None
    running.clock.advance(timedelta(minutes=10))
    running.fire(REPORT)
    assert "report-incomplete" not in after(running, 1)


def test_a_failing_function_goes_off_and_its_event_waits(running: SimulatedAccount) -> None:
    broken = event(rule="rds-storage-encrypted-dev-ew1", account=running.account)
    broken["detail"]["newEvaluationResult"]["resultRecordedTime"] = "never"
    running.delivery.put(broken)
    running.settle()
    assert ringing(running) == {"process-errors", "compliance-failures-waiting"}
    assert [notice.lost for notice in running.notify()] == [None, None]
    assert after(running, 1) == {"compliance-failures-waiting"}, "the errors are over; the event still waits"
