import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.aws.alarms import State
from simulation.aws.telemetry import Telemetry, identify
from simulation.demo.site.dashboard import Figures, board
from simulation.demo.site.metrics import UnknownWidgetError, beginning, lines
from simulation.demo.site.scale import Moments, Values
from simulation.demo.site.words import markdown, number
from tests.support.site_pages import Page

NOW = datetime(2026, 3, 31, 8, tzinfo=UTC)
DAY = 86400
NAUGHTY = "<script>alert(1)</script>&\u202e"


def figures(values: dict[int, float] | None = None, alarms: dict[str, State] | None = None, **named: Any) -> Figures:
    """Returns a metric N/M with dimension D=d; keys of the values are their ages in days."""
    written = {"d": values or {}} | named
    series = {
        identify("N", "M", {"D": name}): [
            (NOW - timedelta(days=days), value) for days, value in sorted(each.items())[::-1]
        ]
        for name, each in written.items()
    }
    return Figures(Telemetry(series), alarms or {}, NOW)


def metric(view: str, *more: Any, **properties: Any) -> str:
    first = ["N", "M", "D", "d", {"stat": "Maximum", "period": DAY, "label": "a label"}]
    shown = {"view": view, "title": "T", "metrics": [first, *more], "start": "-P30D"} | properties
    widget = {"type": "metric", "x": 8, "y": 3, "width": 16, "height": 6, "properties": shown}
    return json.dumps({"widgets": [widget]})


def other(kind: str, **properties: Any) -> str:
    widget = {"type": kind, "x": 0, "y": 0, "width": 24, "height": 1, "properties": properties}
    return json.dumps({"widgets": [widget]})


def test_a_widget_is_at_its_place_on_the_grid() -> None:
    (widget,) = Page(board(metric("timeSeries"), figures())).of("figure")
    assert widget["style"] == "grid-column:9/span 16;grid-row:4/span 6"


def test_widgets_come_in_reading_order() -> None:
    document = (
        json.loads(other("text", markdown="last"))["widgets"] + json.loads(other("text", markdown="first"))["widgets"]
    )
    document[0]["y"] = 2
    drawn = board(json.dumps({"widgets": document}), figures())
    assert drawn.index("first") < drawn.index("last")


def test_a_line_breaks_where_a_period_has_no_value() -> None:
    drawn = Page(board(metric("timeSeries"), figures({9: 1, 8: 2, 7: 3, 5: 4, 4: 5, 2: 6})))
    polylines = [str(line["points"]).split(" ") for line in drawn.of("polyline")]
    assert [len(points) for points in polylines] == [3, 2, 1]
    assert len(drawn.of("circle")) == 6, "the last point has no line: a mark shows it"


def test_in_a_dense_chart_only_isolated_points_are_marked() -> None:
    values = {days: 1.0 for days in range(1, 90) if days not in (40, 42)}
    drawn = Page(board(metric("timeSeries", start="-P90D"), figures(values)))
    assert len(drawn.of("circle")) == 1


def test_a_stacked_line_is_added_to_the_preceding_ones() -> None:
    second = ["...", "e", {"period": DAY}]
    drawn = Page(board(metric("timeSeries", second, stacked=True), figures({2: 10, 1: 10}, e={2: 10, 1: 30})))
    lower, upper = drawn.of("polygon")
    assert [point.split(",")[1] for point in str(lower["points"]).split(" ")[:2]] == [
        point.split(",")[1] for point in str(upper["points"]).split(" ")[:1:-1]
    ]


def test_a_chart_describes_title_labels_and_last_values_in_words() -> None:
    drawn = board(metric("timeSeries", title=f"T {NAUGHTY}"), figures({3: 2, 2: 1234.5}))
    (picture,) = Page(drawn).of("svg", role="img")
    assert picture["class"] == "chart"
    assert "<title>T &lt;script&gt;alert(1)&lt;/script&gt;&amp;\\u202e: a label 1,234.5</title>" in drawn
    assert "no data" not in drawn
    assert "no data" in board(metric("timeSeries"), figures())


@pytest.mark.parametrize(
    ("values", "shown"), [({3: 7, 1: 81.25}, "81.2"), ({1: 1240}, "1,240"), ({}, "no data"), ({31: 5}, "no data")]
)
def test_a_number_is_the_latest_value(values: dict[int, float], shown: str) -> None:
    assert f">{shown}</dd>" in board(metric("singleValue"), figures(values))


def test_bars_are_as_long_as_their_share_of_the_axis() -> None:
    second, third = (["N", "M", "D", name, {"period": DAY}] for name in ("e", "f"))
    axis = {"left": {"min": 0, "max": 100}}
    drawn = Page(board(metric("bar", second, third, yAxis=axis), figures({1: 80}, e={1: 25}, f={})))
    lengths = [str(bar["style"]).partition(";")[0] for bar in drawn.of("span")]
    assert lengths == ["width:80.0%", "width:25.0%", "width:0.0%"]


def test_alarms_have_a_text_and_those_in_alarm_come_first() -> None:
    names = {"quiet": State.OK, "young": State.INSUFFICIENT_DATA, "loud": State.ALARM}
    arns = [f"arn:aws:cloudwatch:eu-west-1:1:alarm:{name}" for name in names]
    drawn = board(other("alarm", title="A", alarms=arns), figures(alarms=names))
    places = [drawn.index(each) for each in ("loud", "in alarm", "young", "not enough data", "quiet", ">OK<")]
    assert places == sorted(places)
    with pytest.raises(UnknownWidgetError, match="not deployed: loud"):
        board(other("alarm", title="A", alarms=arns), figures(alarms={"quiet": State.OK, "young": State.OK}))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (other("log", query="fields"), "type log"),
        (metric("pie"), "view pie"),
        (metric("bar", start="2026-03-01T00:00:00Z"), "start 2026"),
        (metric("bar", start="-P1Y"), "start -P1Y"),
        (metric("bar", [{"expression": "m1 + m2"}]), "expression"),
        (metric("bar", ["N", {"stat": "Sum"}, "M"]), "not support the metric"),
        (metric("bar", ["N", "M", "D"]), "not support the metric parts"),
        (metric("bar", ["N", "M", "D", "d", "E", "."]), "not support the metric parts"),
    ],
)
def test_unsupported_widgets_are_rejected(body: str, why: str) -> None:
    with pytest.raises(UnknownWidgetError, match=why):
        board(body, figures())


def test_shorthand_repeats_the_preceding_metric() -> None:
    first = ["N", "M", "D", "d", "E", "e"]
    metrics = [first, ["...", "f"], [".", "O", ".", "x", "E", "."], ["..."], ["P", "Q", {"label": "own"}]]
    found = lines({"metrics": metrics, "stat": "Sum", "period": 60}, Telemetry({}), NOW - timedelta(days=1), NOW)
    assert [line.label for line in found] == ["M d e", "M d f", "O x f", "O x f", "own"]
    assert len({line.color for line in found}) == 5


def test_only_valid_colours_get_into_a_style() -> None:
    for wanted, shown in (("#abcdef", "#abcdef"), ("red;background:url(//x)", "#1f77b4")):
        found = lines({"metrics": [["N", "M", {"color": wanted}]]}, Telemetry({}), NOW - timedelta(days=1), NOW)
        assert found[0].color == shown


def test_relative_starts() -> None:
    spans = {
        "-P7D": timedelta(days=7),
        "-P2W": timedelta(weeks=2),
        "-PT3H": timedelta(hours=3),
        "-PT90M": timedelta(minutes=90),
    }
    assert {start: NOW - beginning(start, NOW) for start in spans} == spans


finite = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(st.lists(finite, max_size=9), st.fixed_dictionaries({}, optional={"min": finite, "max": finite}))
def test_every_value_is_on_the_axis_and_labels_are_few(values: list[float], limits: dict[str, float]) -> None:
    axis = Values.of(values, {"left": limits})
    assert all(0 <= axis.share(value) <= 1 for value in values)
    assert len(list(axis.ticks())) <= 7
    assert all(0 <= axis.share(tick) <= 1 for tick in axis.ticks())


@given(st.integers(1, 24 * 400))
def test_few_moments_are_labelled_and_all_are_inside(hours: int) -> None:
    moments = Moments(NOW - timedelta(hours=hours), NOW)
    found = [moment for moment, _ in moments.ticks()]
    assert len(found) <= 6
    assert all(moments.start <= moment <= moments.end for moment in found)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (-0.0, "0"), (1234567, "1,234,567"), (87.25, "87.2"), (0.5, "0.5"), (0.04, "0.04"), (100, "100")],
)
def test_numbers(value: float, shown: str) -> None:
    assert number(value) == shown


def test_markdown_cannot_inject_html() -> None:
    drawn = markdown(f"# Head\n\n- **bold** `code`\n\n{NAUGHTY} [x](javascript:alert(1)) ![p](https://x.example/p.png)")
    assert "<h3>Head</h3>" in drawn and "<strong>bold</strong> <code>code</code>" in drawn
    assert not {tag for tag, _ in Page(drawn).elements} & {"script", "img"}
    assert "javascript:" not in "".join(str(link["href"]) for link in Page(drawn).of("a"))
