"""The simulated account's CloudWatch metrics: series of values, and their statistics.

Embedded metrics come from what the functions logged (CloudWatch User Guide, "Embedded metric format"); Lambda's and
SQS's own are counted here.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError
from simulation.aws.lambda_runtime import Invocation

Series = Sequence[tuple[datetime, float]]
"""Values in the order of their times."""

Identity = tuple[str, str, frozenset[tuple[str, str]]]
"""Namespace, name, and dimensions with their values: what distinguishes one metric from another."""

STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Average": fmean,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
    "Sum": sum,
}

# SQS reports the depth of a queue again as long as something waits there.
DEPTH_REPORTED_EVERY = timedelta(minutes=5)


class UnknownStatisticError(ComplianceMonitorError, LookupError):
    """A statistic that the simulation does not compute."""


class MalformedMetricError(ComplianceMonitorError, ValueError):
    """CloudWatch would not extract a metric from the log line."""


class Telemetry:
    """The metrics of an account."""

    def __init__(self, series: Mapping[Identity, Series]) -> None:
        self.series = series

    @classmethod
    def of(
        cls,
        invocations: Iterable[Invocation],
        depths: Mapping[str, Series],
        until: datetime,
        oldest: Mapping[str, Sequence[tuple[datetime, datetime | None]]] | None = None,
    ) -> "Telemetry":
        """From what ran, and from how much waited in each queue (by name) at some moments; what waits stays `until`.

        `oldest` has, at the same moments, since when the oldest message of each queue waited.
        """
        series: dict[Identity, list[tuple[datetime, float]]] = defaultdict(list)
        for invocation in invocations:
            for identity, moment, value in (*_embedded(invocation), *_of_lambda(invocation)):
                series[identity].append((moment, value))
        for queue, samples in depths.items():
            identity = identify("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue})
            series[identity] += _reported(samples, until)
        for queue, since in (oldest or {}).items():
            identity = identify("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": queue})
            series[identity] += _ages(since, until)
        return cls({identity: sorted(values, key=lambda value: value[0]) for identity, values in series.items()})

    def get(self, namespace: str, name: str, dimensions: Mapping[str, str]) -> Series:
        """Returns the values of a metric."""
        return self.series.get(identify(namespace, name, dimensions), [])


def identify(namespace: str, name: str, dimensions: Mapping[str, str]) -> Identity:
    """Returns the identity of a metric; its dimensions have no order."""
    return namespace, name, frozenset(dimensions.items())


def statistics(series: Series, period: int, stat: str, start: datetime, end: datetime) -> list[tuple[datetime, float]]:
    """Returns the beginning of each period with values, and their statistic; raises UnknownStatisticError.

    Periods are in seconds and aligned to the epoch; the first is the one in which `start` lies, `end` is outside.
    """
    compute = statistic(stat)
    first = period_start(start, period)
    periods: dict[datetime, list[float]] = defaultdict(list)
    for moment, value in series:
        if first <= moment < end:
            periods[period_start(moment, period)].append(value)
    return [(begin, float(compute(values))) for begin, values in sorted(periods.items())]


def statistic(name: str) -> Callable[[Sequence[float]], float]:
    """Returns how a statistic is computed from values, of which there must be one; raises UnknownStatisticError."""
    if name not in STATISTICS:
        raise UnknownStatisticError(f"the simulation knows the statistics {', '.join(STATISTICS)}, and not {name}")
    return STATISTICS[name]


def period_start(moment: datetime, period: int) -> datetime:
    """Returns the beginning of the period in which a moment lies."""
    seconds = int(moment.timestamp() // period) * period
    return datetime.fromtimestamp(seconds, UTC)


def _embedded(invocation: Invocation) -> Iterator[tuple[Identity, datetime, float]]:
    for line in invocation.metrics:
        try:
            yield from list(_values(line))
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedMetricError(f"{invocation.function} wrote no embedded metric: {json.dumps(line)}") from error


def _values(line: dict[str, Any]) -> Iterator[tuple[Identity, datetime, float]]:
    metadata = line["_aws"]
    moment = datetime.fromtimestamp(metadata["Timestamp"] / 1000, UTC)
    for directive in metadata["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = {name: str(line[name]) for name in names}
            for metric in directive["Metrics"]:
                written = line[metric["Name"]]
                for value in written if isinstance(written, list) else [written]:
                    yield identify(directive["Namespace"], metric["Name"], dimensions), moment, float(value)


def _of_lambda(invocation: Invocation) -> Iterator[tuple[Identity, datetime, float]]:
    """Yields one of each for every attempt; the simulation never throttles."""
    for moment in invocation.at:
        counts = {"Invocations": 1, "Errors": int(moment in invocation.failures), "Throttles": 0}
        for name, count in counts.items():
            yield identify("AWS/Lambda", name, {"FunctionName": invocation.function}), moment, count


def _ages(samples: Sequence[tuple[datetime, datetime | None]], until: datetime) -> Iterator[tuple[datetime, float]]:
    """Yields the age of the oldest message in seconds, while one waits."""
    for (moment, since), (following, _) in pairwise([*samples, (until, None)]):
        while since is not None and moment <= following:
            yield moment, (moment - since).total_seconds()
            moment += DEPTH_REPORTED_EVERY


def _reported(samples: Series, until: datetime) -> Iterator[tuple[datetime, float]]:
    """Yields the samples, repeating each non-zero one until the next."""
    for (moment, depth), (following, _) in pairwise([*samples, (until, 0.0)]):
        yield moment, depth
        while depth and (moment := moment + DEPTH_REPORTED_EVERY) < following:
            yield moment, depth
