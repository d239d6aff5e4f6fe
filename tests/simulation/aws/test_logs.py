from typing import Any

import pytest

from simulation.aws import logs
from simulation.aws.account import SimulatedAccount

TIMED = {"timestamp": "2026-03-01T00:15:00.000Z"}


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ({}, "INFO"),
        ({"level": "FATAL"}, "INFO"),
        ({"level": "FATAL", "timestamp": 1_772_324_100_000}, "INFO"),
        ({"level": "FATAL", "timestamp": "2026-03-01T00:15:00"}, "INFO"),
        ({"level": "loud", **TIMED}, "INFO"),
        ({"level": "fatal", **TIMED}, "FATAL"),
        ({"level": "WARNING", **TIMED}, "WARN"),
    ],
)
def test_a_line_without_level_or_timestamp_has_level_info(line: dict[str, Any], level: str) -> None:
    assert logs.level_of(line) == level


@pytest.mark.parametrize(
    ("least", "delivered"),
    [
        ("TRACE", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
        ("INFO", ["INFO", "WARNING", "ERROR", "CRITICAL"]),
        ("WARN", ["WARNING", "ERROR", "CRITICAL"]),
        ("FATAL", ["CRITICAL"]),
    ],
)
def test_lines_below_the_function_s_level_are_dropped(least: str, delivered: list[str]) -> None:
    levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
    configuration = {"LogFormat": "JSON", "ApplicationLogLevel": least}
    assert [level for level in levels if logs.delivers(configuration, level)] == delivered
    assert all(logs.delivers(configuration | {"LogFormat": "Text"}, level) for level in levels)


@pytest.mark.parametrize(("level", "kept"), [("INFO", 1), ("WARN", 0)])
def test_metrics_are_lost_above_the_level_info(deployed: SimulatedAccount, level: str, kept: int) -> None:
    configuration: Any = {"LogFormat": "JSON", "ApplicationLogLevel": level, "LogGroup": "/aws/lambda/evaluate-dev-ew1"}
    deployed.client("lambda").update_function_configuration(
        FunctionName="evaluate-dev-ew1", LoggingConfig=configuration
    )
    invocation, *_ = deployed.fire("evaluate-on-schedule-dev-ew1")
    assert invocation.error is None
    assert (len(invocation.metrics), bool(invocation.logs)) == (kept, bool(kept))
    series = deployed.telemetry().get("ComplianceMonitor", "EvaluationsStarted", {"Deployment": "dev-ew1"})
    assert len(series) == kept
