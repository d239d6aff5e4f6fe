"""The two charts of the page as SVG, with title and description for screen readers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.summarize.markup import Markup, element, text
from handlers.summarize.parts import Day, Group
from handlers.summarize.texts import Texts

WIDTH = 360.0
TREND_HEIGHT = 152.0
LEFT, RIGHT, TOP, BOTTOM = 30.0, 346.0, 16.0, 126.0
FULL = 100
STEP = 20
BAR_ROW = 38.0
BAR_HEIGHT = 9.0


@dataclass(frozen=True)
class Point:
    """A day with a score, and its position in the chart."""

    day: Day
    score: float
    x: float
    y: float


def trend(history: Sequence[Day], texts: Texts) -> Markup:
    """Returns the score by day. The line has gaps for days without a score; days with incomplete data are rings."""
    days = [day for day in history if day.score is not None]
    if not days:
        return element("p", text(texts.trend_empty))
    low = _low(days)
    points = list(_points(days, low))
    runs = list(_runs(points))
    lines = (_line(run) for run in runs if len(run) > 1)
    single = {run[0] for run in runs if len(run) == 1}
    dots = (_dot(point, texts) for point in points if point in single or point is points[-1] or not point.day.complete)
    drawn = (*_grid(low), *_dates(points, texts), *lines, *dots, _value(points, texts))
    return _picture("trend", texts.trend, _description(points, texts), TREND_HEIGHT, drawn)


def bars(groups: Sequence[Group], texts: Texts) -> Markup:
    """Returns a bar chart of the scores by category, from 0 to 100."""
    scores = {texts.named("category", each.name): texts.decimal(each.score) for each in groups}
    description = " · ".join(texts.label(category, score) for category, score in scores.items())
    drawn = [part for row, group in enumerate(groups) for part in _bar(row * BAR_ROW, group, texts)]
    return _picture("categories", texts.by_category, description, max(1, len(groups)) * BAR_ROW, drawn)


def gaps(history: Sequence[Day]) -> bool:
    """Returns whether the line of the trend has gaps."""
    points = list(_points([day for day in history if day.score is not None], 0))
    return len(list(_runs(points))) > 1


def _low(days: Sequence[Day]) -> int:
    """Returns the minimum of the scale: a multiple of STEP, at least two steps below the maximum."""
    lowest = min(day.score for day in days if day.score is not None)
    return min(int(lowest) // STEP * STEP, FULL - 2 * STEP)


def _points(days: Sequence[Day], low: int) -> Iterator[Point]:
    if not days:
        return
    first = date.fromisoformat(days[0].day)
    span = (date.fromisoformat(days[-1].day) - first).days
    for day in days:
        days_since_first = (date.fromisoformat(day.day) - first).days
        score = day.score or 0.0
        x = LEFT + (RIGHT - LEFT) * (days_since_first / span if span else 0.5)
        yield Point(day, score, x, _height(score, low))


def _height(score: float, low: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * (score - low) / (FULL - low)


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Yields the points in runs of consecutive days."""
    run: list[Point] = []
    for point in points:
        if run and (date.fromisoformat(point.day.day) - date.fromisoformat(run[-1].day.day)).days > 1:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _line(run: Sequence[Point]) -> Markup:
    return element("polyline", class_="line", points=" ".join(f"{point.x:.1f},{point.y:.1f}" for point in run))


def _dot(point: Point, texts: Texts) -> Markup:
    label = texts.label(texts.on(texts.date_short, point.day.day), texts.decimal(point.score))
    title = label if point.day.complete else f"{label}, {texts.incomplete_day}"
    kind = "dot" if point.day.complete else "hollow"
    return element("circle", element("title", text(title)), class_=kind, cx=point.x, cy=point.y, r=3)


def _value(points: Sequence[Point], texts: Texts) -> Markup:
    """Returns the label of the latest score, above or below the point so that it does not cover the line."""
    last = points[-1]
    falling = len(points) > 1 and points[-2].score > last.score
    y = last.y + 16 if falling and last.y + 16 < BOTTOM else last.y - 8
    return element("text", text(texts.decimal(last.score)), class_="value", x=last.x, y=y, text_anchor="middle")


def _grid(low: int) -> Iterator[Markup]:
    for score in range(low, FULL + 1, STEP):
        y = _height(score, low)
        yield element("line", class_="grid", x1=LEFT, y1=y, x2=RIGHT, y2=y)
        yield element("text", text(str(score)), x=LEFT - 6, y=y + 4, text_anchor="end")


def _dates(points: Sequence[Point], texts: Texts) -> Iterator[Markup]:
    ends = {points[0].day.day: (points[0], "start"), points[-1].day.day: (points[-1], "end")}
    for point, anchor in ends.values():
        label = text(texts.on(texts.date_axis, point.day.day))
        yield element("text", label, x=point.x, y=BOTTOM + 20, text_anchor=anchor if len(ends) > 1 else "middle")


def _description(points: Sequence[Point], texts: Texts) -> str:
    scores = [point.score for point in points]
    return texts.trend_description.format(
        first=texts.on(texts.date_long, points[0].day.day),
        last=texts.on(texts.date_long, points[-1].day.day),
        lowest=texts.decimal(min(scores)),
        highest=texts.decimal(max(scores)),
        latest=texts.decimal(scores[-1]),
    )


def _bar(y: float, group: Group, texts: Texts) -> Iterator[Markup]:
    top = y + 20
    score = texts.no_score if group.score is None else texts.decimal(group.score)
    yield element("text", text(texts.named("category", group.name)), x=0, y=y + 13)
    yield element("text", text(score), class_="value", x=WIDTH, y=y + 13, text_anchor="end")
    yield element("rect", class_="track", x=0, y=top, width=WIDTH, height=BAR_HEIGHT)
    if group.score:
        yield element("rect", class_="bar", x=0, y=top, width=WIDTH * group.score / FULL, height=BAR_HEIGHT)


def _picture(key: str, title: str, description: str, height: float, drawn: Sequence[Markup]) -> Markup:
    return element(
        "svg",
        element("title", text(title), id=f"{key}-title"),
        element("desc", text(description), id=f"{key}-description"),
        *drawn,
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        role="img",
        aria_labelledby=f"{key}-title {key}-description",
    )
