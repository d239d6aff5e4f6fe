"""Values over time as a line chart, in SVG.

The chart fills its container, and its text stays readable at any width. Text and marks are positioned in percent, and
only the inner picture without text is stretched.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.summarize.markup import Markup, element, name, text
from simulation.aws.telemetry import Series
from simulation.demo.site.metrics import Line
from simulation.demo.site.scale import Moments, Values
from simulation.demo.site.words import number

HEIGHT = 176
TOP, BOTTOM = 10, 148
WIDTH = 1000  # of the stretched picture
CROWDED = 0.015  # share of the width between points, below which marks would hide the line
NEAR_THE_EDGE = 0.08

Bands = dict[datetime, tuple[float, float]]
"""The lower and upper edge of a line's band at each moment of a stacked chart."""


def time_series(title: str, lines: Sequence[Line], moments: Moments, axis: Mapping[str, Any], stacked: bool) -> Markup:
    """Returns the chart and its legend; a period without a value interrupts a line."""
    bands = _bands(lines, stacked)
    values = Values.of([upper for band in bands for _, upper in band.values()], axis)
    parts = [*_grid(values), *_times(moments)]
    drawn = list(zip(lines, bands, strict=True))
    parts.append(_stretched([shape for each in drawn for shape in _shapes(*each, values, moments, stacked)]))
    parts += [mark for place, each in enumerate(drawn) for mark in _marks(place, *each, values, moments, stacked)]
    if not any(line.points for line in lines):
        parts.append(element("text", text("no data"), class_="none", x="50%", y=(TOP + BOTTOM) / 2))
    picture = element(
        "svg", element("title", name(f"{title}: {_reported(lines)}")), *parts, role="img", class_="chart", height=HEIGHT
    )
    legend = [
        element("li", mark_of(place, line.color), element("span", name(line.label)), element("b", text(_last(line))))
        for place, line in enumerate(lines)
    ]
    return element("div", picture, element("ul", *legend, class_="legend"))


def mark_of(place: int, color: str) -> Markup:
    """Returns the legend mark of the line at an index."""
    return element("i", class_=f"mark {_kind(place)}", style=f"color:{color}")


def runs(points: Series, period: int) -> Iterator[Series]:
    """Yields the points in runs of consecutive periods."""
    first = 0
    for place in range(1, len(points) + 1):
        if place == len(points) or points[place][0] - points[place - 1][0] > timedelta(seconds=period):
            yield points[first:place]
            first = place


def _bands(lines: Sequence[Line], stacked: bool) -> list[Bands]:
    """Returns the band of each line; in a stacked chart, lines are added to the preceding ones."""
    below: dict[datetime, float] = {}
    bands = []
    for line in lines:
        band = {moment: (below.get(moment, 0.0), below.get(moment, 0.0) + value) for moment, value in line.points}
        bands.append(band)
        if stacked:
            below |= {moment: upper for moment, (_, upper) in band.items()}
    return bands


def _height(value: float, values: Values) -> float:
    return BOTTOM - (BOTTOM - TOP) * values.share(value)


def _shapes(line: Line, band: Bands, values: Values, moments: Moments, stacked: bool) -> Iterator[Markup]:
    for run in runs(line.points, line.period):
        across = [(WIDTH * moments.share(moment), *band[moment]) for moment, _ in run]
        upper = [(x, _height(high, values)) for x, _, high in across]
        if stacked:
            lower = [(x, _height(low, values)) for x, low, _ in reversed(across)]
            yield element("polygon", points=_coordinates([*upper, *lower]), fill=line.color, class_="area")
        yield element("polyline", points=_coordinates(upper), stroke=line.color, class_="line")


def _coordinates(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _stretched(shapes: Sequence[Markup]) -> Markup:
    box = f"0 0 {WIDTH} {HEIGHT}"
    return element("svg", *shapes, width="100%", height=HEIGHT, viewBox=box, preserveAspectRatio="none")


def _marks(place: int, line: Line, band: Bands, values: Values, moments: Moments, stacked: bool) -> Iterator[Markup]:
    """Yields a mark at each point; in dense or stacked charts only at isolated points."""
    marked = line.points
    if stacked or timedelta(seconds=line.period) / (moments.end - moments.start) < CROWDED:
        marked = [run[0] for run in runs(line.points, line.period) if len(run) == 1]
    for moment, _ in marked:
        yield _mark(place, line.color, f"{100 * moments.share(moment):.2f}%", _height(band[moment][1], values))


def _mark(place: int, color: str, x: str, y: float) -> Markup:
    kind = _kind(place)
    paint = {"stroke": color} if "hollow" in kind else {"fill": color}
    if "square" in kind:
        return element("rect", x=x, y=y - 3, width=6, height=6, class_=kind, **paint)
    return element("circle", cx=x, cy=y, r=3, class_=kind, **paint)


def _kind(place: int) -> str:
    """Returns the shape of a line's marks: colour alone is not accessible."""
    return f"{'hollow' if place % 4 > 1 else 'full'} {'square' if place % 2 else 'round'}"


def _grid(values: Values) -> Iterator[Markup]:
    for value in values.ticks():
        y = _height(value, values)
        yield element("line", x1=0, y1=y, x2="100%", y2=y, class_="grid")
        yield element("text", text(number(value)), x=-6, y=y + 4, class_="value")


def _times(moments: Moments) -> Iterator[Markup]:
    for moment, words in moments.ticks():
        share = moments.share(moment)
        x = f"{100 * share:.2f}%"
        side = "first" if share < NEAR_THE_EDGE else "last" if share > 1 - NEAR_THE_EDGE else "time"
        yield element("line", x1=x, y1=BOTTOM, x2=x, y2=BOTTOM + 5, class_="tick")
        yield element("text", text(words), x=x, y=BOTTOM + 19, class_=side)


def _last(line: Line) -> str:
    return "no data" if line.last is None else number(line.last)


def _reported(lines: Sequence[Line]) -> str:
    return ", ".join(f"{line.label} {_last(line)}" for line in lines)
