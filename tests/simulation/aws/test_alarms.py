from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.aws.account import SimulatedAccount
from simulation.aws.alarms import Alarms, State, UnknownAlarmError
from simulation.aws.telemetry import Telemetry, UnknownStatisticError, identify
from tests.conftest import START

ABSENT = None


def alarm(**changes: Any) -> dict[str, Any]:
    usual = {
        "alarm_name": "a",
        "namespace": "N",
        "metric_name": "M",
        "dimensions": {"D": "d"},
        "statistic": "Maximum",
        "period": 300,
        "evaluation_periods": 1,
        "threshold": 0,
        "comparison_operator": "GreaterThanThreshold",
        "treat_missing_data": "missing",
    }
    return {key: value for key, value in (usual | changes).items() if value is not ABSENT}


def state(values: Iterable[float | None], **changes: Any) -> State:
    """Returns the state after one value, or none, in each period; the last is in the period that ends now."""
    definition, known = alarm(**changes), list(values)
    period = timedelta(seconds=definition["period"])
    begin = START - len(known) * period
    series = [(begin + (number + 0.5) * period, value) for number, value in enumerate(known) if value is not None]
    telemetry = Telemetry({identify("N", "M", {"D": "d"}): series})
    (found,) = Alarms([definition], telemetry).states(START).items()
    assert found[0] == "a"
    return found[1]


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("GreaterThanThreshold", "OK", "OK", "ALARM"),
        ("GreaterThanOrEqualToThreshold", "OK", "ALARM", "ALARM"),
        ("LessThanThreshold", "ALARM", "OK", "OK"),
        ("LessThanOrEqualToThreshold", "ALARM", "ALARM", "OK"),
    ],
)
def test_thresholds(operator: str, below: str, at: str, above: str) -> None:
    found = [state([value], threshold=5, comparison_operator=operator) for value in (4, 5, 6)]
    assert found == [below, at, above]


@pytest.mark.parametrize(
    ("missing", "never", "before", "partly"),
    [
        ("missing", "INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "OK"),
        (None, "INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "OK"),
        ("ignore", "INSUFFICIENT_DATA", "ALARM", "OK"),
        ("breaching", "ALARM", "ALARM", "ALARM"),
        ("notBreaching", "OK", "OK", "OK"),
    ],
)
def test_missing_data(missing: str | None, never: str, before: str, partly: str) -> None:
    assert state([None, None], treat_missing_data=missing) == never
    assert state([1, None, None], treat_missing_data=missing) == before
    assert state([1, None], treat_missing_data=missing, evaluation_periods=2) == partly


def test_ignored_missing_data_keeps_the_state_for_any_time() -> None:
    assert state([1, 0, *[None] * 500], treat_missing_data="ignore") == "OK"
    assert state([0, 1, *[None] * 500], treat_missing_data="ignore") == "ALARM"


@pytest.mark.parametrize(
    ("values", "needed", "expected"),
    [
        ([1, 1, 0, 0, 1], 2, "OK"),
        ([0, 1, 0, 0, 1], 1, "ALARM"),
        ([0, 0, 1, 0, 1], 2, "ALARM"),
        ([0, 0, 1, 1, 0], None, "OK"),
        ([0, 0, 1, 1, 1], None, "ALARM"),
        ([0, 0, 1, None, 1], 2, "ALARM"),
        ([1, 1, 1, 0, 0], 1, "ALARM"),
        ([1, 1, 0, 0, 0], 1, "OK"),
    ],
)
def test_m_out_of_n(values: list[float | None], needed: int | None, expected: str) -> None:
    assert state(values, evaluation_periods=3, datapoints_to_alarm=needed) == expected


@given(st.lists(st.sampled_from([0, 1, None]), min_size=4, max_size=4), st.integers(1, 4))
def test_breaching_missing_data_alarms_whenever_other_treatments_do(values: list[Any], needed: int) -> None:
    condition = {"evaluation_periods": 4, "datapoints_to_alarm": needed}
    found = {each: state(values, treat_missing_data=each, **condition) for each in ("breaching", "notBreaching")}
    bad, gaps = values.count(1), values.count(None)
    assert (found["notBreaching"] == "ALARM") == (bad >= needed)
    assert (found["breaching"] == "ALARM") == (bad + gaps >= needed)


def test_periods_end_at_the_evaluated_moment() -> None:
    series = [(START, 1.0)]
    alarms = Alarms([alarm(treat_missing_data="notBreaching")], Telemetry({identify("N", "M", {"D": "d"}): series}))
    moments = [START + timedelta(seconds=seconds) for seconds in (-1, 0, 299, 300)]
    assert [alarms.states(moment)["a"] for moment in moments] == ["OK", "ALARM", "ALARM", "OK"]


def test_statistic_of_the_period_decides() -> None:
    series = [(START - timedelta(seconds=60), 1.0), (START - timedelta(seconds=30), 1.0)]
    telemetry = Telemetry({identify("N", "M", {"D": "d"}): series})
    found = {
        stat: Alarms([alarm(statistic=stat, threshold=1)], telemetry).states(START)["a"]
        for stat in ("Sum", "Average", "SampleCount")
    }
    assert found == {"Sum": "ALARM", "Average": "OK", "SampleCount": "ALARM"}


@pytest.mark.parametrize(
    ("changes", "error", "why"),
    [
        (
            {"comparison_operator": "LessThanLowerThreshold"},
            UnknownAlarmError,
            "a: .* LessThanLowerThreshold",
        ),
        ({"comparison_operator": None}, UnknownAlarmError, "comparison_operator None"),
        ({"treat_missing_data": "good"}, UnknownAlarmError, "treat_missing_data good"),
        ({"metric_name": None}, UnknownAlarmError, "statistic of one metric"),
        ({"statistic": None}, UnknownAlarmError, "statistic of one metric"),
        ({"statistic": "p99"}, UnknownStatisticError, "p99"),
    ],
)
def test_unsupported_settings_are_rejected_even_without_data(
    changes: dict[str, Any], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        state([], **changes)


def test_deployed_alarms_have_a_state_now_and_at_any_moment(deployed: SimulatedAccount) -> None:
    before = deployed.clock.now()
    assert deployed.alarms()["evaluation-missing-dev-ew1"] == "ALARM"
    deployed.fire("evaluate-on-schedule-dev-ew1")
    assert deployed.alarms()["evaluation-missing-dev-ew1"] == "OK"
    assert deployed.alarms(before)["evaluation-missing-dev-ew1"] == "ALARM"
    assert deployed.alarms()["evaluate-errors-dev-ew1"] == "OK"
    assert len(deployed.alarms()) == len(deployed.deployment.attributes("aws_cloudwatch_metric_alarm"))
