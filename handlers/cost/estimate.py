"""Estimates the monthly cost of the monitoring from the number of monitored resources and the prices of prices.py."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handlers.common.model.cadence import REPORTS_PER_DAY
from handlers.common.model.outcome import Result
from handlers.common.runtime.metrics import CATALOGUE
from handlers.cost import prices
from handlers.cost.prices import Price

DAYS = 365 / 12

CHANGES_PER_RESOURCE = 4.0
"""Monthly configuration items of a resource, an assumption if no number was measured."""

# Two reads with 0.1 seconds per call and 100 results per call (docs/performance.md).
SECONDS_PER_RESULT = 0.00214
REPORT_GIGABYTES, OTHER_GIGABYTES = 0.5, 0.25
OTHER_SECONDS = 1.0
# A report reads all findings of less than 1 KB each; a read unit is 4 KB.
READ_UNITS_PER_FINDING = 0.25
# One for the environment variables, and one each for bucket, table and topic.
KEY_REQUESTS_PER_INVOCATION = 4


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The extent of the monitoring. A result is that of one resource under one rule.

    `results` is the number in a report. By region, `periodic_results` are evaluated six-hourly, `changed_results` at
    every change; most are both. `resources` are recorded by the deployment's own recorder. `changes` is the number of
    changes of a resource in a month.
    """

    results: int
    periodic_results: Mapping[str, int]
    changed_results: Mapping[str, int]
    resources: int
    changes: float = CHANGES_PER_RESOURCE
    regions: int
    rules: int
    severities: int
    categories: int
    remediations: int
    waivers: bool = False

    @property
    def metrics(self) -> int:
        """The maximum number of CloudWatch metrics."""
        sizes = {"Rule": self.rules, "Severity": self.severities, "Category": self.categories}
        sizes["Region"] = self.regions
        remediated = {"Rule": self.remediations, "Result": len(Result)}
        return sum(
            math.prod((remediated if "Result" in metric.dimensions else sizes)[name] for name in metric.dimensions)
            for metric in CATALOGUE.values()
        )

    @property
    def functions(self) -> int:
        """The number of functions: seven, one for each remediation, and one for waivers."""
        return 7 + self.remediations + self.waivers

    @property
    def alarms(self) -> int:
        """The number of alarms: two for each function, one of the dead-letter queue, three for missing runs, three for
        incompleteness, five for mails and subscriptions, and two for the audit trail.
        """
        return 2 * self.functions + 14


@dataclass(frozen=True)
class Line:
    """One entry of an estimate."""

    name: str
    quantity: float
    unit: str
    usd: float


def estimate(usage: Usage) -> list[Line]:
    """Returns the monthly cost in US dollars, without the items of prices.NOT_INCLUDED."""
    return list(_lines(usage))


def total(lines: list[Line]) -> float:
    """Returns the sum, in US dollars."""
    return sum(line.usd for line in lines)


def evaluations_usd(evaluations: float) -> float:
    """Returns the cost of a region's monthly evaluations, by tiers."""
    usd = 0.0
    for size, price in prices.EVALUATION_TIERS:
        quantity = evaluations if size is None else min(evaluations, size)
        usd += price.of(quantity)
        evaluations -= quantity
    return usd


def _lines(usage: Usage) -> Iterator[Line]:
    yield _line("Config: configuration items", usage.resources * usage.changes, prices.CONFIGURATION_ITEM)
    six_hourly = {region: count * REPORTS_PER_DAY * DAYS for region, count in usage.periodic_results.items()}
    change_triggered = {region: count * usage.changes for region, count in usage.changed_results.items()}
    regions = sorted({*six_hourly, *change_triggered})
    both = sum(evaluations_usd(six_hourly.get(region, 0) + change_triggered.get(region, 0)) for region in regions)
    clock = sum(map(evaluations_usd, six_hourly.values()))
    yield Line("Config: six-hourly evaluations", sum(six_hourly.values()), "evaluations", clock)
    yield Line("Config: change-triggered evaluations", sum(change_triggered.values()), "evaluations", both - clock)
    yield from _functions(usage, sum(change_triggered.values()))
    yield _line("CloudWatch: metrics", usage.metrics, prices.METRIC)
    yield _line("CloudWatch: alarms", usage.alarms, prices.ALARM)
    yield _line("CloudWatch: dashboard", 1, prices.DASHBOARD)
    yield _line("KMS: key", 1, prices.KEY)


def _functions(usage: Usage, changed: float) -> Iterator[Line]:
    """Yields the lines of functions and table. A change-triggered result causes one event, a read and two writes."""
    reports, others = REPORTS_PER_DAY * DAYS, (REPORTS_PER_DAY + 2) * DAYS + changed
    seconds = reports * (OTHER_SECONDS + usage.results * SECONDS_PER_RESULT) * REPORT_GIGABYTES
    yield _line("Lambda: invocations", reports + others, prices.INVOCATION)
    yield _line("Lambda: duration", seconds + others * OTHER_SECONDS * OTHER_GIGABYTES, prices.GIGABYTE_SECOND)
    yield _line("DynamoDB: reads", changed + reports * usage.results * READ_UNITS_PER_FINDING, prices.READ)
    yield _line("DynamoDB: writes", 2 * changed, prices.WRITE)
    yield _line("KMS: requests", (reports + others) * KEY_REQUESTS_PER_INVOCATION, prices.KEY_REQUEST)


def _line(name: str, quantity: float, price: Price) -> Line:
    return Line(name, quantity, price.unit, price.of(quantity))
