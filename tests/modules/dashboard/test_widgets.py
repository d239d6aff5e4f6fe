from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.dashboard.widgets import (
    COLUMNS,
    Charts,
    Line,
    NoMetricError,
    RowTooWideError,
    Widget,
    alarm_status,
    layout,
    text,
)

CHARTS = Charts("eu-west-1")
LINE = Line("Shop", "Sales", {"Branch": "north", "Till": "2"}, "Sum", 3600, "sales")


def rows_of(widest: int) -> st.SearchStrategy[list[list[Widget]]]:
    widgets = st.builds(
        lambda width, height: text("words", width=width, height=height), st.integers(1, widest), st.integers(1, 30)
    )
    return st.lists(st.lists(widgets, max_size=6), max_size=6)


def overlap(one: Widget, other: Widget) -> bool:
    beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    below = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
    return not beside and not below


@given(rows_of(widest=6))
def test_whatever_is_laid_out_stays_inside_and_does_not_overlap(rows: list[list[Widget]]) -> None:
    if any(sum(widget["width"] for widget in row) > COLUMNS for row in rows):
        with pytest.raises(RowTooWideError):
            layout(rows)
        return
    placed = layout(rows)
    assert len(placed) == sum(map(len, rows))
    assert all(widget["x"] >= 0 and widget["x"] + widget["width"] <= COLUMNS for widget in placed)
    assert not any(overlap(one, other) for one, other in combinations(placed, 2))


@given(rows_of(widest=COLUMNS // 6))
def test_rows_keep_their_order_and_leave_no_gap(rows: list[list[Widget]]) -> None:
    placed = iter(layout(rows))
    bottom = 0
    for row in rows:
        here = [next(placed) for _ in row]
        assert all(widget["y"] == bottom for widget in here)
        assert [widget["x"] for widget in here] == [sum(w["width"] for w in row[:i]) for i in range(len(row))]
        bottom += max((widget["height"] for widget in row), default=0)


def test_a_row_that_is_too_wide_is_refused_with_its_width() -> None:
    layout([[text("a", width=12), text("b", width=12)]])
    with pytest.raises(RowTooWideError, match="a row of 2 widgets is 25 columns wide; a dashboard has 24"):
        layout([[text("a", width=12), text("b", width=13)]])


def test_laying_out_leaves_the_widgets_as_they_were() -> None:
    widget = text("words")
    layout([[widget], [widget]])
    assert "y" not in widget


def test_a_metric_is_an_array_with_its_dimensions_in_order() -> None:
    [metric] = CHARTS.lines("Sales", [LINE], width=6)["properties"]["metrics"]
    shown = {"stat": "Sum", "period": 3600, "label": "sales"}
    assert metric == ["Shop", "Sales", "Branch", "north", "Till", "2", shown]


def test_a_colour_is_reported_only_where_there_is_one() -> None:
    coloured = Line("Shop", "Sales", {}, "Sum", 60, "sales", "#d62728")
    assert "color" not in LINE.array()[-1]
    assert coloured.array()[-1]["color"] == "#d62728"


def test_views() -> None:
    made = [
        CHARTS.lines("a", [LINE], width=6),
        CHARTS.numbers("b", [LINE], width=6, start="-P1D"),
        CHARTS.bars("c", [LINE], width=6, start="-P1D"),
    ]
    assert [widget["properties"]["view"] for widget in made] == ["timeSeries", "singleValue", "bar"]
    assert all(widget["type"] == "metric" and widget["properties"]["region"] == "eu-west-1" for widget in made)


def test_a_widget_has_a_start_of_its_own_only_where_it_is_given_one() -> None:
    assert "start" not in CHARTS.lines("a", [LINE], width=6)["properties"]
    assert CHARTS.lines("a", [LINE], width=6, start="-P30D")["properties"]["start"] == "-P30D"


@pytest.mark.parametrize(("percent", "axis"), [(True, {"left": {"min": 0, "max": 100}}), (False, {"left": {"min": 0}})])
def test_percentages_are_shown_against_the_whole(percent: bool, axis: dict[str, Any]) -> None:
    assert CHARTS.lines("a", [LINE], width=6, percent=percent)["properties"]["yAxis"] == axis
    assert CHARTS.bars("a", [LINE], width=6, start="-P1D", percent=percent)["properties"]["yAxis"] == axis


def test_a_chart_without_a_metric_is_refused_by_its_title() -> None:
    with pytest.raises(NoMetricError, match="the widget 'Sales' has no metric"):
        CHARTS.lines("Sales", [], width=6)


def test_alarms_are_named_by_arn() -> None:
    widget = alarm_status("Alarms", ["arn:one", "arn:two"], width=24, height=5)
    assert widget["type"] == "alarm"
    assert widget["properties"] == {"title": "Alarms", "alarms": ["arn:one", "arn:two"]}
