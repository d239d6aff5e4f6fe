from datetime import timedelta
from typing import Any

import pytest

from modules.resources.cloudwatch import WatchedMetric
from tests.support.workbench import Workbench

METRIC = WatchedMetric("N", "M", {"D": "x"}, "Sum")


@pytest.mark.parametrize(
    ("method", "arguments", "expected"),
    [
        ("when_above_zero", {"watched": METRIC}, ("GreaterThanThreshold", 0, 300, 1, "notBreaching")),
        ("while_above_zero", {"watched": METRIC}, ("GreaterThanThreshold", 0, 300, 1, "ignore")),
        ("when_old", {"queue": "q", "minutes": 30}, ("GreaterThanThreshold", 1800, 300, 1, "notBreaching")),
        (
            "when_missing",
            {"watched": METRIC, "after": timedelta(hours=7)},
            ("LessThanThreshold", 1, 3600, 7, "breaching"),
        ),
    ],
)
def test_each_kind_of_alarm(
    workbench: Workbench, method: str, arguments: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    getattr(workbench.context.alarms, method)(workbench.stack, "alarm", "alarm", "why", **arguments)
    made = workbench.one("aws_cloudwatch_metric_alarm")
    names = ("comparison_operator", "threshold", "period", "evaluation_periods", "treat_missing_data")
    assert tuple(made[name] for name in names) == expected
    assert (made["alarm_name"], made["alarm_description"]) == ("alarm-dev-ew1", "why")
    assert len(made["alarm_actions"]) == 1


def test_a_metric_of_the_system_has_its_deployment(workbench: Workbench) -> None:
    own = WatchedMetric.own(workbench.deployment, "ReportsWritten", "Sum")
    assert (own.namespace, own.dimensions) == ("ComplianceMonitor", {"Deployment": "dev-ew1"})
