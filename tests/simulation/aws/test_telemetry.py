import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.aws.account import SimulatedAccount
from simulation.aws.lambda_runtime import Invocation
from simulation.aws.telemetry import (
    STATISTICS,
    MalformedMetricError,
    Telemetry,
    UnknownStatisticError,
    identify,
    period_start,
    statistics,
)
from tests.conftest import START
from tests.support.changes import event

QUEUE = "compliance-failures-dev-ew1"
VISIBLE = ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": QUEUE})
HOUR = 3600


def embedded(**values: Any) -> dict[str, Any]:
    metrics = [{"Name": name, "Unit": "Count"} for name in ("Found", "Lost")]
    directive = {"Namespace": "N", "Dimensions": [["Rule", "Region"], ["Rule"]], "Metrics": metrics}
    line = {"_aws": {"Timestamp": int(START.timestamp() * 1000) + 7, "CloudWatchMetrics": [directive]}}
    return line | {"Rule": "r", "Region": "x", "Found": 3, "Lost": [1, 2]} | values


def of(*lines: dict[str, Any]) -> Telemetry:
    return Telemetry.of([Invocation("f", {}, at=[START], metrics=list(lines))], {}, START)


def test_embedded_metrics_are_held_under_each_of_their_dimension_sets() -> None:
    found, moment = of(embedded()), START + timedelta(milliseconds=7)
    assert found.get("N", "Found", {"Region": "x", "Rule": "r"}) == [(moment, 3)]
    assert found.get("N", "Lost", {"Rule": "r"}) == [(moment, 1), (moment, 2)]
    assert found.get("N", "Found", {}) == found.get("N", "Found", {"Rule": "s"}) == []
    assert found.get("M", "Found", {"Rule": "r"}) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"_aws": {"Timestamp": 0}},
        {"_aws": {"Timestamp": "now", "CloudWatchMetrics": []}},
        {key: value for key, value in embedded().items() if key != "Found"},
        {key: value for key, value in embedded().items() if key != "Rule"},
        embedded(Found="many"),
        embedded(Found=None),
    ],
)
def test_an_invalid_metric_line_raises_an_error_with_its_function(broken: dict[str, Any]) -> None:
    with pytest.raises(MalformedMetricError, match="f logged an invalid metric"):
        of(broken)


def test_every_attempt_of_a_function_counts() -> None:
    moments = [START + timedelta(minutes=minutes) for minutes in (0, 1, 3)]
    found = Telemetry.of([Invocation("f", {}, at=moments, failures=moments[:2])], {}, moments[-1])
    series = {
        name: found.get("AWS/Lambda", name, {"FunctionName": "f"}) for name in ("Invocations", "Errors", "Throttles")
    }
    assert [value for _, value in series["Invocations"]] == [1, 1, 1]
    assert [value for _, value in series["Errors"]] == [1, 1, 0]
    assert [value for _, value in series["Throttles"]] == [0, 0, 0]
    assert [moment for moment, _ in series["Errors"]] == moments


def test_the_depth_of_a_queue_is_reported_until_it_is_empty() -> None:
    depths = {QUEUE: [(START, 0.0), (START + timedelta(hours=1), 2.0), (START + timedelta(hours=2), 0.0)]}
    found = Telemetry.of([], depths, START + timedelta(days=1)).get(*VISIBLE)
    assert statistics(found, HOUR, "Maximum", START, START + timedelta(days=1)) == [
        (period_start(START, HOUR), 0),
        (period_start(START, HOUR) + timedelta(hours=1), 2),
        (period_start(START, HOUR) + timedelta(hours=2), 2),
    ]
    still = Telemetry.of([], {QUEUE: depths[QUEUE][:2]}, START + timedelta(days=1)).get(*VISIBLE)
    assert len(statistics(still, HOUR, "Maximum", START, START + timedelta(days=2))) == 25


values = st.floats(-1e9, 1e9)
series = st.lists(
    st.tuples(st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 9), timezones=st.just(UTC)), values), max_size=60
).map(sorted)
periods = st.sampled_from([60, 300, HOUR, 6 * HOUR, 24 * HOUR])
moments = st.datetimes(datetime(2026, 1, 2), datetime(2026, 1, 8), timezones=st.just(UTC))


@given(series, periods, moments, moments)
def test_each_value_is_in_exactly_one_period(
    series: list[tuple[datetime, float]], period: int, start: datetime, end: datetime
) -> None:
    inside = [(moment, value) for moment, value in series if period_start(start, period) <= moment < end]
    points = {stat: statistics(series, period, stat, start, end) for stat in STATISTICS}
    begins = [begin for begin, _ in points["Sum"]]
    assert begins == sorted({period_start(moment, period) for moment, _ in inside})
    assert all(begin.timestamp() % period == 0 for begin in begins)
    assert sum(value for _, value in points["SampleCount"]) == len(inside)
    assert math.isclose(
        sum(value for _, value in points["Sum"]), sum(value for _, value in inside), rel_tol=1e-6, abs_tol=1e-2
    )
    for number, begin in enumerate(begins):
        own = [value for moment, value in inside if begin <= moment < begin + timedelta(seconds=period)]
        low, mean, high = (points[stat][number][1] for stat in ("Minimum", "Average", "Maximum"))
        assert (low, high, points["SampleCount"][number][1]) == (min(own), max(own), len(own))
        assert low - 1e-6 <= mean <= high + 1e-6


def test_a_period_without_data_has_no_point() -> None:
    late = [(START + timedelta(days=1), 4.0)]
    assert statistics([], HOUR, "Sum", START, START + timedelta(days=9)) == []
    assert statistics(late, HOUR, "Sum", START, START + timedelta(days=1)) == [], "the end is outside"
    assert len(statistics(late, HOUR, "Sum", START, START + timedelta(days=2))) == 1


def test_an_unsupported_statistic_is_rejected() -> None:
    with pytest.raises(UnknownStatisticError, match="p99"):
        statistics([], HOUR, "p99", START, START)


def test_an_account_keeps_its_invocations(deployed: SimulatedAccount) -> None:
    deployed.fire("evaluate-on-schedule-dev-ew1")
    deployed.delivery.put(event(compliance_type="INSUFFICIENT_DATA"))
    broken = event(rule="rds-storage-encrypted-dev-ew1", compliance_type="COMPLIANT")
    broken["detail"]["newEvaluationResult"]["resultRecordedTime"] = "never"
    deployed.delivery.put(broken)
    deployed.settle()
    found = deployed.telemetry()
    (started,) = found.get("ComplianceMonitor", "EvaluationsStarted", {"Deployment": "dev-ew1"})
    assert started[1] == 1 and started[0] >= START
    assert [value for _, value in found.get("AWS/Lambda", "Errors", {"FunctionName": "process-dev-ew1"})][-3:] == [
        1
    ] * 3
    assert found.get(*VISIBLE)[0][1] == 0
    assert found.get(*VISIBLE)[-1][1] == 1
    assert identify(*VISIBLE) in found.series
