"""The metrics of a dashboard's widget, parsed as by CloudWatch.

Specification: CloudWatch API Reference, "Dashboard Body Structure and Syntax".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError
from simulation.aws.telemetry import Series, Telemetry, statistics

DEFAULT_START = "-PT3H"
DEFAULT_STAT = "Average"
DEFAULT_PERIOD = 300
PALETTE = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf")
UNITS = {"D": timedelta(days=1), "W": timedelta(weeks=1), "TH": timedelta(hours=1), "TM": timedelta(minutes=1)}


class UnknownWidgetError(ComplianceMonitorError, ValueError):
    """The simulation does not support a part of the dashboard."""


@dataclass(frozen=True)
class Line:
    """A metric in a widget: a value for each `period` in seconds that has one."""

    label: str
    color: str
    period: int
    points: Series

    @property
    def last(self) -> float | None:
        """The latest value; None without values."""
        return self.points[-1][1] if self.points else None


def lines(properties: Mapping[str, Any], telemetry: Telemetry, start: datetime, end: datetime) -> list[Line]:
    """Returns the metrics of a widget with their values from start to end; raises UnknownWidgetError."""
    shown = []
    for number, (parts, own) in enumerate(_spelled_out(properties["metrics"])):
        period = int(own.get("period", properties.get("period", DEFAULT_PERIOD)))
        stat = own.get("stat", properties.get("stat", DEFAULT_STAT))
        namespace, name, *rest = parts
        dimensions = dict(zip(rest[::2], rest[1::2], strict=True))
        points = statistics(telemetry.get(namespace, name, dimensions), period, stat, start, end)
        label = str(own.get("label", " ".join([name, *rest[1::2]])))
        shown.append(Line(label, _color(own.get("color"), number), period, points))
    return shown


def beginning(start: str, end: datetime) -> datetime:
    """Returns the time of a relative start such as -P7D or -PT3H; raises UnknownWidgetError."""
    found = re.fullmatch(r"-P(T?)([0-9]{1,4})([DWHM])", start)
    if found is None or found[1] + found[3] not in UNITS:
        raise UnknownWidgetError(f"the simulation does not support the start {start}")
    return end - int(found[2]) * UNITS[found[1] + found[3]]


def _spelled_out(metrics: list[list[Any]]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Yields each metric's namespace, name and dimensions without shorthand, and its own options."""
    before: list[str] = []
    for metric in metrics:
        parts = [part for part in metric if isinstance(part, str)]
        options = [part for part in metric if not isinstance(part, str)]
        if not parts or [*parts, *options] != metric or len(options) > 1:
            raise UnknownWidgetError(f"the simulation does not support the metric {metric}")
        before = _long(parts, before)
        yield before, (options[0] if options else {})


def _long(parts: list[str], before: list[str]) -> list[str]:
    """Returns a metric with `...` replaced by parts of the preceding metric, and `.` by one part."""
    if "..." in parts:
        gap = parts.index("...")
        tail = len(parts) - gap - 1
        parts = parts[:gap] + before[gap : len(before) - tail] + parts[gap + 1 :]
    if "." in parts[len(before) :] or len(parts) < 2 or len(parts) % 2:
        raise UnknownWidgetError(f"the simulation does not support the metric parts {parts}")
    return [before[place] if part == "." else part for place, part in enumerate(parts)]


def _color(given: object, number: int) -> str:
    if isinstance(given, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", given):
        return given
    return PALETTE[number % len(PALETTE)]
