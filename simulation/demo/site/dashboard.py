"""The dashboard, drawn from its deployed body: widgets on a grid of 24 columns."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.summarize.markup import Markup, element, name, text
from simulation.aws.alarms import State
from simulation.aws.telemetry import Telemetry
from simulation.demo.site.chart import time_series
from simulation.demo.site.metrics import DEFAULT_START, Line, UnknownWidgetError, beginning, lines
from simulation.demo.site.scale import Moments, Values
from simulation.demo.site.words import markdown, number

# A word and a sign: colour alone is not accessible.
STATES = {
    State.ALARM: ("▲", "in alarm"),
    State.INSUFFICIENT_DATA: ("?", "not enough data"),
    State.OK: ("✓", "OK"),
}


@dataclass(frozen=True)
class Figures:
    """The data of a dashboard: metrics and alarm states at a moment."""

    telemetry: Telemetry
    alarms: Mapping[str, State]
    now: datetime


def board(body: str, figures: Figures) -> Markup:
    """Returns a dashboard's body (JSON) as HTML; raises UnknownWidgetError for unsupported widgets."""
    document = json.loads(body)
    start = str(document.get("start", DEFAULT_START))
    in_order = sorted(document["widgets"], key=lambda widget: (widget["y"], widget["x"]))
    return element("div", *(_widget(widget, start, figures) for widget in in_order), class_="board")


def _widget(widget: Mapping[str, Any], start: str, figures: Figures) -> Markup:
    x, y, width, height = (int(widget[key]) for key in ("x", "y", "width", "height"))
    place = f"grid-column:{x + 1}/span {width};grid-row:{y + 1}/span {height}"
    properties, kind = widget["properties"], widget["type"]
    if kind == "text":
        return element("div", markdown(str(properties["markdown"])), class_="words", style=place)
    if kind == "alarm":
        content = _alarms(properties, figures.alarms)
    elif kind == "metric":
        content = _metric(properties, start, figures)
    else:
        raise UnknownWidgetError(f"the simulation does not support widgets of type {kind}")
    caption = element("figcaption", name(str(properties.get("title", ""))))
    return element("figure", caption, content, class_="widget", style=place)


def _metric(properties: Mapping[str, Any], start: str, figures: Figures) -> Markup:
    moments = Moments(beginning(str(properties.get("start", start)), figures.now), figures.now)
    shown_lines = lines(properties, figures.telemetry, moments.start, moments.end)
    axis, view = properties.get("yAxis", {}), properties.get("view", "timeSeries")
    if view == "timeSeries":
        title = str(properties.get("title", ""))
        return time_series(title, shown_lines, moments, axis, bool(properties.get("stacked", False)))
    if view == "singleValue":
        return element("dl", *map(_number, shown_lines), class_="numbers")
    if view == "bar":
        values = Values.of([line.last for line in shown_lines if line.last is not None], axis)
        return element("dl", *(_bar(line, values) for line in shown_lines), class_="bars")
    raise UnknownWidgetError(f"the simulation does not support the view {view}")


def _number(line: Line) -> Markup:
    return element("div", element("dt", name(line.label)), _value(line), style=f"border-color:{line.color}")


def _bar(line: Line, values: Values) -> Markup:
    share = 0.0 if line.last is None else 100 * values.share(line.last)
    filled = element("span", style=f"width:{share:.1f}%;background:{line.color}")
    track = element("dd", filled, class_="track", aria_hidden="true")
    return element("div", element("dt", name(line.label)), _value(line), track)


def _value(line: Line) -> Markup:
    if line.last is None:
        return element("dd", text("no data"), class_="none")
    return element("dd", text(number(line.last)), class_="value")


def _alarms(properties: Mapping[str, Any], states: Mapping[str, State]) -> Markup:
    """Returns the list of alarms, those in state ALARM first."""
    names = [str(arn).partition(":alarm:")[2] for arn in properties["alarms"]]
    if unknown := sorted(set(names) - states.keys()):
        raise UnknownWidgetError(f"the dashboard shows an alarm that is not deployed: {unknown[0]}")
    in_order: Sequence[str] = sorted(names, key=lambda alarm: list(STATES).index(states[alarm]))
    return element("ul", *(_alarm(alarm, states[alarm]) for alarm in in_order), class_="alarms")


def _alarm(alarm: str, state: State) -> Markup:
    sign, word = STATES[state]
    shown = element("span", text(sign), aria_hidden="true"), element("span", name(alarm)), element("b", text(word))
    return element("li", *shown, class_=state.lower().replace("_", "-"))
