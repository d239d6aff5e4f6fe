"""Statistics, periods and colours of the dashboard's metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from handlers.common.model.cadence import EVALUATION_HOURS
from handlers.common.model.outcome import Result
from handlers.common.model.rule import Rule, Severity
from handlers.common.runtime.metrics import CATALOGUE, DEPLOYMENT, NAMESPACE
from modules.dashboard.widgets import Line

HOUR = 3600
DAY = 24 * HOUR


class Color(StrEnum):
    """Colours of CloudWatch's palette."""

    RED = "#d62728"
    ORANGE = "#ff7f0e"
    YELLOW = "#bcbd22"
    GREEN = "#2ca02c"
    BLUE = "#1f77b4"
    TEAL = "#17becf"
    PURPLE = "#9467bd"
    GREY = "#7f7f7f"
    BROWN = "#8c564b"


BY_SEVERITY = {
    Severity.CRITICAL: Color.RED,
    Severity.HIGH: Color.ORANGE,
    Severity.MEDIUM: Color.YELLOW,
    Severity.LOW: Color.BLUE,
}
BY_COMPLIANCE = {
    "CompliantResources": ("compliant", Color.GREEN),
    "NonCompliantResources": ("non-compliant", Color.RED),
    "WaivedResources": ("waived", Color.BLUE),
    "NotApplicableResources": ("not applicable", Color.GREY),
    "UnknownResources": ("unknown", Color.PURPLE),
}
BY_RESULT = {
    Result.PLANNED: Color.BLUE,
    Result.WAITING: Color.YELLOW,
    Result.BLOCKED: Color.GREY,
    Result.NOTHING_TO_DO: Color.TEAL,
    Result.WRITTEN: Color.PURPLE,
    Result.FIXED: Color.GREEN,
    Result.CONTAINED: Color.BROWN,
    Result.FAILED: Color.RED,
    Result.ROLLED_BACK: Color.ORANGE,
}


@dataclass(frozen=True)
class Reading:
    """A statistic and its period in seconds."""

    stat: str
    period: int


# Each report repeats a gauge, so its values must not be summed up.
EACH_REPORT = Reading("Maximum", EVALUATION_HOURS * HOUR)
EACH_SCORE = Reading("Maximum", DAY)
EACH_HOUR = Reading("Maximum", HOUR)
COUNT_OF_REPORT = Reading("Sum", EVALUATION_HOURS * HOUR)
COUNT_OF_HOUR = Reading("Sum", HOUR)
COUNT_OF_DAY = Reading("Sum", DAY)


@dataclass(frozen=True)
class OwnMetrics:
    """The monitor's metrics of one deployment, and the rules in force by name."""

    deployment: str
    rules: Mapping[str, Rule]

    def line(self, reading: Reading, name: str, *values: str, label: str, color: Color | None = None) -> Line:
        """Returns a metric for `values` of its dimensions, in the order of the metrics catalogue."""
        dimensions = dict(zip(CATALOGUE[name].dimensions, values, strict=True))
        return Line(
            NAMESPACE,
            name,
            {DEPLOYMENT: self.deployment, **dimensions},
            reading.stat,
            reading.period,
            label,
            color,
        )


def function_metric(name: str, function: str) -> Line:
    """Returns an AWS/Lambda metric of one function."""
    return Line("AWS/Lambda", name, {"FunctionName": function}, COUNT_OF_HOUR.stat, COUNT_OF_HOUR.period, function)


def queue_depth(queue: str) -> Line:
    """Returns the number of visible messages in a queue."""
    name, reading = "ApproximateNumberOfMessagesVisible", EACH_HOUR
    return Line("AWS/SQS", name, {"QueueName": queue}, reading.stat, reading.period, "events waiting", Color.RED)
