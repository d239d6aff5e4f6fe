"""Widgets of a CloudWatch dashboard and their positions on its grid.

Specification: CloudWatch API Reference, "Dashboard Body Structure and Syntax".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError

Widget = dict[str, Any]
Row = Sequence[Widget]
"""Widgets side by side, each with type, width, height and properties."""

COLUMNS = 24


class RowTooWideError(ComplianceMonitorError, ValueError):
    """The widgets of a row are wider than the grid."""


class NoMetricError(ComplianceMonitorError, ValueError):
    """A widget has no metric."""


@dataclass(frozen=True)
class Line:
    """One metric of a widget, with its statistic `stat` over each `period` in seconds."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    stat: str
    period: int
    label: str
    color: str | None = None

    def array(self) -> list[Any]:
        """Returns the metric in the format of the dashboard's JSON."""
        options: dict[str, Any] = {"stat": self.stat, "period": self.period, "label": self.label}
        if self.color is not None:
            options["color"] = self.color
        dimensions = [part for dimension in self.dimensions.items() for part in dimension]
        return [self.namespace, self.name, *dimensions, options]


@dataclass(frozen=True)
class Charts:
    """Metric widgets of one region; a widget's `start` takes precedence over the dashboard's."""

    region: str

    def lines(
        self,
        title: str,
        lines: Iterable[Line],
        *,
        width: int,
        start: str | None = None,
        percent: bool = False,
        stacked: bool = False,
    ) -> Widget:
        """Returns a line chart over time; `percent` sets the axis to 0 to 100."""
        own_start = {} if start is None else {"start": start}
        chart = self._chart("timeSeries", title, lines, stacked=stacked, yAxis=_axis(percent), **own_start)
        return {**chart, "width": width, "height": 6}

    def numbers(self, title: str, lines: Iterable[Line], *, width: int, start: str) -> Widget:
        """Returns a widget with the latest value of each metric as a number."""
        return {**self._chart("singleValue", title, lines, start=start), "width": width, "height": 4}

    def bars(self, title: str, lines: Iterable[Line], *, width: int, start: str, percent: bool = False) -> Widget:
        """Returns a bar chart of the latest value of each metric."""
        chart = self._chart("bar", title, lines, start=start, yAxis=_axis(percent))
        return {**chart, "width": width, "height": 6}

    def _chart(self, view: str, title: str, lines: Iterable[Line], **more: Any) -> Widget:
        metrics = [line.array() for line in lines]
        if not metrics:
            raise NoMetricError(f"the widget {title!r} has no metric")
        properties = {"title": title, "region": self.region, "view": view, "metrics": metrics, **more}
        return {"type": "metric", "properties": properties}


def _axis(percent: bool) -> dict[str, Any]:
    return {"left": {"min": 0, "max": 100} if percent else {"min": 0}}


def text(markdown: str, *, width: int = COLUMNS, height: int = 1) -> Widget:
    """Returns a text widget; with a height of 1 it is a heading."""
    return {"type": "text", "width": width, "height": height, "properties": {"markdown": markdown}}


def alarm_status(title: str, arns: Sequence[str], *, width: int, height: int) -> Widget:
    """Returns an alarm status widget, for 1 to 100 alarms."""
    return {"type": "alarm", "width": width, "height": height, "properties": {"title": title, "alarms": list(arns)}}


def layout(rows: Iterable[Row]) -> list[Widget]:
    """Returns the widgets with their x and y, one row below another; raises RowTooWideError."""
    placed: list[Widget] = []
    y = 0
    for row in rows:
        x = 0
        for widget in row:
            placed.append({**widget, "x": x, "y": y})
            x += widget["width"]
        if x > COLUMNS:
            raise RowTooWideError(f"a row of {len(row)} widgets is {x} columns wide; a dashboard has {COLUMNS}")
        y += max((widget["height"] for widget in row), default=0)
    return placed
