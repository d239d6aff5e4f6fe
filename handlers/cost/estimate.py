"""What the monitoring costs in a month, estimated from how much is monitored. Prices are those of prices.py."""

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
"""A month's configuration items of a resource, where nothing was measured: an assumption, and named as one."""

# Reading takes a tenth of a second a call and 100 results a call, in two reads (docs/performance.md).
SECONDS_PER_RESULT = 0.00214
REPORT_GIGABYTES, OTHER_GIGABYTES = 0.5, 0.25
OTHER_SECONDS = 1.0
# A report reads every finding, of less than a kilobyte, in read units of four.
READ_UNITS_PER_FINDING = 0.25
# Opening variables, and one for each of bucket, table and topic.
KEY_REQUESTS_PER_INVOCATION = 4


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How much is monitored, and with what; a result is that of one resource under one rule.

    `results` stand in a report. Of each region's, `by_clock` come again every six hours and `at_changes` with every
    change of their resource; most are both. `resources` are those that a recorder of ours records; `changes` is how
    often a resource changes in a month.
    """

    results: int
    by_clock: Mapping[str, int]
    at_changes: Mapping[str, int]
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
        """The number of CloudWatch metrics, if every one is written."""
        sizes = {"Rule": self.rules, "Severity": self.severities, "Category": self.categories}
        sizes["Region"] = self.regions
        remediated = {"Rule": self.remediations, "Result": len(Result)}
        return sum(
            math.prod((remediated if "Result" in metric.dimensions else sizes)[name] for name in metric.dimensions)
            for metric in CATALOGUE.values()
        )

    @property
    def functions(self) -> int:
        """The functions: seven, one for each remediation, and one where there are waivers."""
        return 7 + self.remediations + self.waivers

    @property
    def alarms(self) -> int:
        """The alarms: two for each function, the failure queue's, three of silence, three of incompleteness, five
        of mails and their readers, and two of the audit trail.
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
    """Returns the lines of a month, in US dollars; what prices.NOT_INCLUDED names is not among them."""
    return list(_lines(usage))


def total(lines: list[Line]) -> float:
    """Returns the sum, in US dollars."""
    return sum(line.usd for line in lines)


def evaluations_usd(evaluations: float) -> float:
    """Returns the cost of a region's monthly evaluations, by tiers."""
    usd = 0.0
    for size, price in prices.EVALUATION_TIERS:
        part = evaluations if size is None else min(evaluations, size)
        usd += price.of(part)
        evaluations -= part
    return usd


def _lines(usage: Usage) -> Iterator[Line]:
    yield _line("Config: configuration items", usage.resources * usage.changes, prices.CONFIGURATION_ITEM)
    six_hourly = {region: count * REPORTS_PER_DAY * DAYS for region, count in usage.by_clock.items()}
    at_changes = {region: count * usage.changes for region, count in usage.at_changes.items()}
    regions = sorted({*six_hourly, *at_changes})
    both = sum(evaluations_usd(six_hourly.get(region, 0) + at_changes.get(region, 0)) for region in regions)
    clock = sum(map(evaluations_usd, six_hourly.values()))
    yield Line("Config: six-hourly evaluations", sum(six_hourly.values()), "evaluations", clock)
    yield Line("Config: evaluations at changes", sum(at_changes.values()), "evaluations", both - clock)
    yield from _functions(usage, sum(at_changes.values()))
    yield _line("CloudWatch: metrics", usage.metrics, prices.METRIC)
    yield _line("CloudWatch: alarms", usage.alarms, prices.ALARM)
    yield _line("CloudWatch: dashboard", 1, prices.DASHBOARD)
    yield _line("KMS: key", 1, prices.KEY)


def _functions(usage: Usage, changed: float) -> Iterator[Line]:
    """Yields a result at a change brings an event at most, and an event a read and two writes of a finding."""
    reports, others = REPORTS_PER_DAY * DAYS, (REPORTS_PER_DAY + 2) * DAYS + changed
    seconds = reports * (OTHER_SECONDS + usage.results * SECONDS_PER_RESULT) * REPORT_GIGABYTES
    yield _line("Lambda: invocations", reports + others, prices.INVOCATION)
    yield _line("Lambda: duration", seconds + others * OTHER_SECONDS * OTHER_GIGABYTES, prices.GIGABYTE_SECOND)
    yield _line("DynamoDB: reads", changed + reports * usage.results * READ_UNITS_PER_FINDING, prices.READ)
    yield _line("DynamoDB: writes", 2 * changed, prices.WRITE)
    yield _line("KMS: requests", (reports + others) * KEY_REQUESTS_PER_INVOCATION, prices.KEY_REQUEST)


def _line(name: str, quantity: float, price: Price) -> Line:
    return Line(name, quantity, price.unit, price.of(quantity))
