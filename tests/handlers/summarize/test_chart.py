from datetime import date, timedelta

import pytest

from handlers.summarize.chart import FULL, bars, gaps, trend
from handlers.summarize.parts import Day, Group
from handlers.summarize.texts import texts
from tests.support.summary_pages import Page

ENGLISH = texts("en")
LAST = date(2026, 3, 2)


def days(*scores: float | None, complete: bool = True) -> list[Day]:
    """Returns days up to the last; a day without a score is missing."""
    first = LAST - timedelta(days=len(scores) - 1)
    found = [(first + timedelta(days=number), score) for number, score in enumerate(scores)]
    return [Day(day.isoformat(), score, complete) for day, score in found if score is not None]


def lines(history: list[Day]) -> list[int]:
    """Returns the number of points of each part of the line."""
    return [len(found["points"].split()) for found in Page(trend(history, ENGLISH)).all("polyline")]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((80.0, 81.0, 82.0), [3]),
        ((80.0, 81.0, None, 82.0, 83.0, 84.0), [2, 3]),
        ((80.0, None, 82.0, None, 81.0, 80.0), [2]),
        ((80.0,), []),
        ((None, 80.0, None, 80.0), []),
    ],
)
def test_line_breaks_at_gaps(scores: tuple[float | None, ...], expected: list[int]) -> None:
    assert lines(days(*scores)) == expected


def test_day_alone_is_a_dot() -> None:
    dots = Page(trend(days(80.0, None, 82.0, None, 81.0, 80.0), ENGLISH)).all("circle")
    assert [found["class"] for found in dots] == ["dot"] * 3


def test_day_without_score_is_a_gap() -> None:
    history = [*days(80.0, 81.0, 82.0, 83.0)]
    history[1] = Day(history[1].day, None, True)
    assert lines(history) == [2]
    assert gaps(history) and not gaps(days(80.0, 81.0))


def test_incomplete_day_is_a_ring_with_its_name() -> None:
    found = Page(trend([*days(80.0, complete=False), Day("2026-03-03", 81.0, True)], ENGLISH))
    assert [each["class"] for each in found.all("circle")] == ["hollow", "dot"]
    assert "2 Mar 2026: 80.0, incomplete data" in found.within("title")


def test_points_lie_within_the_picture_at_their_days() -> None:
    found = Page(trend(days(0.0, 50.0, None, None, 100.0), ENGLISH))
    (line,), (dot,) = found.all("polyline"), found.all("circle")
    points = [tuple(map(float, point.split(","))) for point in line["points"].split()]
    (x0, y0), (x1, y1), x2, y2 = *points, float(dot["cx"]), float(dot["cy"])
    assert 0 <= x0 < x1 < x2 <= 360 and 0 <= y2 < y1 < y0 <= 152
    assert x2 - x1 == pytest.approx(3 * (x1 - x0), abs=0.2)


def test_axes_are_labelled() -> None:
    words = Page(trend(days(*[75.0] * 90), ENGLISH)).within("text")
    assert {"60", "80", "100", "3 Dec", "2 Mar", "75.0"} == set(words)


def test_trend_is_described() -> None:
    found = Page(trend(days(70.0, 90.0, 80.0), ENGLISH))
    assert found.within("desc") == [
        "Score by day from 28 February 2026 to 2 March 2026: lowest 70.0, highest 90.0, latest 80.0."
    ]
    assert found.within("title")[0] == "Trend of the score"


def test_chart_without_scores_has_a_text() -> None:
    found = Page(trend([Day("2026-03-02", None, True)], ENGLISH))
    assert found.text == "No day has a score yet."


def test_bars_are_as_long_as_their_scores() -> None:
    groups = [Group("encryption", 50.0, 98.0, 4), Group("resilience", 100.0, 98.0, 0), Group("other", None, None, 0)]
    found = Page(bars(groups, ENGLISH))
    whole = {each["width"] for each in found.all("rect") if each["class"] == "track"}
    assert whole == {"360"}
    widths = [float(each["width"]) for each in found.all("rect") if each["class"] == "bar"]
    assert widths == [360 * 50 / FULL, 360]
    assert found.within("desc") == ["Encryption: 50.0 · Resilience: 100.0 · other: –"]
    assert "no score" in found.within("text")
