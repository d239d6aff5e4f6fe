"""The simulated account's CloudWatch metrics: series of values, and their statistics.

Embedded metrics come from the functions' log lines (CloudWatch User Guide, "Embedded metric format"). Metrics of Lambda
and SQS are computed here.
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
"""A metric's namespace, name, and dimensions."""

STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Average": fmean,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
    "Sum": sum,
}

# SQS repeats the metrics of a queue that is not empty.
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
        """Returns the metrics of invocations and of queues, from samples of their depth; the last is valid `until`.

        `oldest` has samples of the time at which each queue's oldest message was sent.
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
    """Returns the identity of a metric, independent of the order of dimensions."""
    return namespace, name, frozenset(dimensions.items())


def statistics(series: Series, period: int, stat: str, start: datetime, end: datetime) -> list[tuple[datetime, float]]:
    """Returns the start of each period with values, and their statistic; raises UnknownStatisticError.

    Periods are in seconds and aligned to the epoch. The first contains `start`; `end` is exclusive.
    """
    compute = statistic(stat)
    first = period_start(start, period)
    periods: dict[datetime, list[float]] = defaultdict(list)
    for moment, value in series:
        if first <= moment < end:
            periods[period_start(moment, period)].append(value)
    return [(begin, float(compute(values))) for begin, values in sorted(periods.items())]


def statistic(name: str) -> Callable[[Sequence[float]], float]:
    """Returns a statistic's function of one or more values; raises UnknownStatisticError."""
    if name not in STATISTICS:
        raise UnknownStatisticError(f"the simulation supports the statistics {', '.join(STATISTICS)}, not {name}")
    return STATISTICS[name]


def period_start(moment: datetime, period: int) -> datetime:
    """Returns the start of the period that contains a moment."""
    seconds = int(moment.timestamp() // period) * period
    return datetime.fromtimestamp(seconds, UTC)


def _embedded(invocation: Invocation) -> Iterator[tuple[Identity, datetime, float]]:
    for line in invocation.metrics:
        try:
            yield from list(_values(line))
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedMetricError(f"{invocation.function} logged an invalid metric: {json.dumps(line)}") from error


def _values(line: dict[str, Any]) -> Iterator[tuple[Identity, datetime, float]]:
    metadata = line["_aws"]
    moment = datetime.fromtimestamp(metadata["Timestamp"] / 1000, UTC)
    for directive in metadata["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = {name: str(line[name]) for name in names}
            for metric in directive["Metrics"]:
                logged = line[metric["Name"]]
                for value in logged if isinstance(logged, list) else [logged]:
                    yield identify(directive["Namespace"], metric["Name"], dimensions), moment, float(value)


def _of_lambda(invocation: Invocation) -> Iterator[tuple[Identity, datetime, float]]:
    """Yields a value of each Lambda metric for every attempt; the simulation never throttles."""
    for moment in invocation.at:
        counts = {"Invocations": 1, "Errors": int(moment in invocation.failures), "Throttles": 0}
        for name, count in counts.items():
            yield identify("AWS/Lambda", name, {"FunctionName": invocation.function}), moment, count


def _ages(samples: Sequence[tuple[datetime, datetime | None]], until: datetime) -> Iterator[tuple[datetime, float]]:
    """Yields the age of the oldest message in seconds, while the queue is not empty."""
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
