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
    """A deployment with one bucket, after a day."""
    with deployment.again() as cloud:
        estate.make_bucket(cloud, "ledger", estate.AES256)
        cloud.record()
        cloud.run_until(cloud.clock.now() + timedelta(hours=31))
        return Saved(cloud)


@pytest.fixture
def running(a_day: Saved) -> Iterator[SimulatedAccount]:
    with a_day.again() as cloud:
        yield cloud


def in_alarm(cloud: SimulatedAccount) -> set[str]:
    return {name.removesuffix("-dev-ew1") for name, state in cloud.alarms().items() if state == "ALARM"}


def after(cloud: SimulatedAccount, hours: float, *skipped: str) -> set[str]:
    cloud.run_until(cloud.clock.now() + timedelta(hours=hours), skip=skipped)
    return in_alarm(cloud)


def test_no_alarm_without_a_fault(running: SimulatedAccount) -> None:
    assert in_alarm(running) == set()
    assert after(running, 24) == set()
    assert running.mailbox.suspended == {}


def test_silence_alarms_start_after_the_grace_period_and_end_with_a_run(running: SimulatedAccount) -> None:
    assert after(running, 5, EVALUATE, REPORT) == set()
    assert after(running, 4, EVALUATE, REPORT) == {"evaluation-missing", "report-missing"}
    assert after(running, 7) == set()


def test_a_day_without_a_score_raises_an_alarm(running: SimulatedAccount) -> None:
    assert after(running, 27, SCORE, AGAIN) == {"score-missing"}


def test_rule_silence_depends_on_the_event_of_config(
    running: SimulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The simulated aggregator does not copy the time of an evaluation that changed nothing."""
    original = running.delivery.put

    def lost(event: dict[str, Any]) -> None:
        if event["detail-type"] != "Config Rules Re-evaluation Status":
            original(event)

    monkeypatch.setattr(running.config, "_emit", lost)
    assert after(running, 14) == {"rule-silent", "report-incomplete"}


def test_rules_without_evaluations_raise_alarms_despite_reports(running: SimulatedAccount) -> None:
    assert after(running, 14, EVALUATE) >= {"evaluation-missing", "rule-silent", "report-incomplete"}
    assert after(running, 7) == set()


def test_an_incomplete_report_raises_an_alarm_until_the_next(running: SimulatedAccount) -> None:
    def fail(action: str) -> None:
        if action == "list_aggregate_discovered_resources":
            raise JsonRESTError("InvalidLimitException", "simulated")

    running.config.gate = fail
    running.fire(REPORT)
    assert in_alarm(running) >= {"report-incomplete", "report-errors", "compliance-failures-waiting"}
    running.config.gate = lambda _action: None
    running.clock.advance(timedelta(minutes=10))
    running.fire(REPORT)
    assert "report-incomplete" not in after(running, 1)


def test_a_failing_function_raises_an_alarm_and_its_event_is_kept(running: SimulatedAccount) -> None:
    broken = event(rule="rds-storage-encrypted-dev-ew1", account=running.account)
    broken["detail"]["newEvaluationResult"]["resultRecordedTime"] = "never"
    running.delivery.put(broken)
    running.settle()
    assert in_alarm(running) == {"process-errors", "compliance-failures-waiting"}
    assert [notice.lost for notice in running.notify()] == [None, None]
    assert after(running, 1) == {"compliance-failures-waiting"}, "no more errors; the event is still in the queue"
