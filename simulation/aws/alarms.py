"""The state of CloudWatch alarms (CloudWatch User Guide, "Alarm evaluation window" and "missing data").

An alarm evaluates its last N periods, and changes to ALARM when M of them breach its threshold. The last period ends
now: periods are not aligned to hours or days.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError
from simulation.aws.telemetry import Series, Telemetry, statistic

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
MISSING_DATA = ("breaching", "ignore", "missing", "notBreaching")


class UnknownAlarmError(ComplianceMonitorError, ValueError):
    """An alarm has a setting that the simulation does not support."""


class State(StrEnum):
    """The states of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Alarms:
    """The alarms of an account, from the arguments of their `aws_cloudwatch_metric_alarm`."""

    def __init__(self, deployed: Iterable[Mapping[str, Any]], telemetry: Telemetry) -> None:
        self._deployed = list(deployed)
        self._telemetry = telemetry

    def states(self, at: datetime) -> dict[str, State]:
        """Returns the state of each alarm at a moment, by name; raises UnknownAlarmError and UnknownStatisticError."""
        return {str(alarm["alarm_name"]): self._state(alarm, at) for alarm in self._deployed}

    def _state(self, alarm: Mapping[str, Any], at: datetime) -> State:
        compare = OPERATORS[_supported_value(alarm, "comparison_operator", OPERATORS)]
        missing = _supported_value(alarm, "treat_missing_data", MISSING_DATA, "missing")
        needed = int(alarm.get("datapoints_to_alarm", alarm["evaluation_periods"]))
        series = self._series(alarm, at)
        if missing == "ignore" and series:
            # Missing data does not change the state, so the time of the last value decides.
            at = series[-1][0]
        points = _points(alarm, series, at)
        if missing in ("ignore", "missing") and all(point is None for point in points):
            return State.INSUFFICIENT_DATA
        threshold = float(alarm["threshold"])
        breaching = [missing == "breaching" if point is None else compare(point, threshold) for point in points]
        return State.ALARM if sum(breaching) >= needed else State.OK

    def _series(self, alarm: Mapping[str, Any], at: datetime) -> Series:
        """Returns the values of the alarm's metric up to a moment."""
        if not {"metric_name", "statistic"} <= alarm.keys():
            raise UnknownAlarmError(f"{alarm['alarm_name']}: the simulation supports only the statistic of one metric")
        series = self._telemetry.get(alarm["namespace"], alarm["metric_name"], alarm.get("dimensions", {}))
        return [(moment, value) for moment, value in series if moment <= at]


def _points(alarm: Mapping[str, Any], series: Series, at: datetime) -> list[float | None]:
    """Returns the statistic of each evaluated period, the latest first; None for a period without values."""
    compute, period = statistic(alarm["statistic"]), timedelta(seconds=int(alarm["period"]))
    ends = [at - number * period for number in range(int(alarm["evaluation_periods"]))]
    periods = [[value for moment, value in series if end - period < moment <= end] for end in ends]
    return [compute(values) if values else None for values in periods]


def _supported_value(alarm: Mapping[str, Any], key: str, known: Iterable[str], otherwise: str | None = None) -> str:
    value = alarm.get(key, otherwise)
    if value not in known:
        raise UnknownAlarmError(f"{alarm['alarm_name']}: the simulation does not support {key} {value}")
    return str(value)
