import re
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pytest

from handlers.common.model.outcome import Result
from handlers.common.model.rule import Severity
from handlers.common.runtime.metrics import CATALOGUE, DEPLOYMENT, NAMESPACE
from handlers.rules import RULES
from modules.dashboard.body import body
from modules.dashboard.readings import EACH_REPORT, OwnMetrics
from settings.model import Settings

Document = dict[str, Any]

FUNCTIONS = ["evaluate-x", "process-x", "report-x"]
QUEUE = "compliance-failures-x"
ALARMS = ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:report-silent"]
REMEDIATED = next(name for name, rule in RULES.items() if rule.remediation is not None)
EVENTS = {
    "EvaluationsStarted",
    "FindingsOpened",
    "FindingsReopened",
    "FindingsResolved",
    "LostEvents",
    "MailsSent",
    "Remediations",
    "ReportsWritten",
    "SummariesSent",
}


def shown(settings: Settings, **changes: Any) -> Document:
    known = {"rules": RULES, "regions": settings.monitored_regions}
    given = {"functions": FUNCTIONS, "remediating": [REMEDIATED], "queue": QUEUE, "alarms": ALARMS} | changes
    return body(settings.deployment, **known, **given)


def of_type(document: Document, kind: str) -> list[Document]:
    return [widget for widget in document["widgets"] if widget["type"] == kind]


def metrics(document: Document) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...], Document]]:
    for widget in of_type(document, "metric"):
        for namespace, name, *dimensions, reading in widget["properties"]["metrics"]:
            yield namespace, name, tuple(zip(dimensions[::2], dimensions[1::2], strict=True)), reading


def named(document: Document, title: str) -> Document:
    [widget] = [each for each in document["widgets"] if each["properties"].get("title") == title]
    return widget


def expected(settings: Settings, remediating: list[str]) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    """Returns every metric of the catalogue at every value that its dimensions can have in this environment."""
    values = {
        "Severity": sorted({str(rule.severity) for rule in RULES.values()}),
        "Category": sorted({str(rule.category) for rule in RULES.values()}),
        "Rule": list(RULES),
        "Region": list(settings.monitored_regions),
        "Result": [str(result) for result in Result],
    }
    deployment = (DEPLOYMENT, f"{settings.environment}-{settings.environment_suffix}")
    found = set()
    for metric in CATALOGUE.values():
        own = values | {"Rule": remediating} if metric.name == "Remediations" else values
        for chosen in product(*(own[dimension] for dimension in metric.dimensions)):
            found.add((metric.name, (deployment, *zip(metric.dimensions, chosen, strict=True))))
    return found


@pytest.fixture(params=["dev", "prod"])
def settings(request: pytest.FixtureRequest, environments: dict[str, Settings]) -> Settings:
    return environments[request.param]


@pytest.fixture
def document(settings: Settings) -> Document:
    return shown(settings)


def test_widgets_are_inside_the_grid_and_do_not_overlap(document: Document) -> None:
    taken: list[set[tuple[int, int]]] = []
    for widget in document["widgets"]:
        assert widget["x"] >= 0 and widget["x"] + widget["width"] <= 24
        assert widget["y"] >= 0 and 1 <= widget["height"] <= 1000
        columns, rows = range(widget["x"], widget["x"] + widget["width"]), range(widget["height"])
        taken.append({(x, widget["y"] + y) for x, y in product(columns, rows)})
    assert not any(one & other for one, other in combinations(taken, 2))


def test_limits_of_cloudwatch(document: Document) -> None:
    counts = [len(widget["properties"]["metrics"]) for widget in of_type(document, "metric")]
    assert len(document["widgets"]) <= 500
    assert max(counts) <= 500
    assert sum(counts) <= 2500
    assert all(1 <= len(widget["properties"]["alarms"]) <= 100 for widget in of_type(document, "alarm"))


@pytest.mark.parametrize("remediating", [[], [REMEDIATED]])
def test_everything_in_the_catalogue_is_shown_and_nothing_else(settings: Settings, remediating: list[str]) -> None:
    own = {
        (name, dimensions)
        for namespace, name, dimensions, _ in metrics(shown(settings, remediating=remediating))
        if namespace == NAMESPACE
    }
    assert own == expected(settings, remediating)


def test_aws_s_own_metrics_are_of_our_functions_and_our_queue(document: Document) -> None:
    found = {
        (namespace, name, dimensions) for namespace, name, dimensions, _ in metrics(document) if namespace != NAMESPACE
    }
    ours = {
        ("AWS/Lambda", name, (("FunctionName", function),))
        for name, function in product(("Errors", "Throttles"), FUNCTIONS)
    }
    assert found == ours | {("AWS/SQS", "ApproximateNumberOfMessagesVisible", (("QueueName", QUEUE),))}


def test_events_are_added_up_and_gauges_are_not(document: Document) -> None:
    assert set(CATALOGUE) >= EVENTS
    for namespace, name, _, reading in metrics(document):
        added_up = name in EVENTS or namespace == "AWS/Lambda"
        assert reading["stat"] == ("Sum" if added_up else "Maximum"), name


def test_scores_are_read_by_the_day_and_gauges_of_reports_by_the_report(document: Document) -> None:
    periods = {name: {r["period"] for _, found, _, r in metrics(document) if found == name} for name in CATALOGUE}
    daily = {"Score", "Coverage", "ScoreIncomplete", "CategoryScore", "SeverityScore", "RuleScore", "RegionScore"}
    assert all(periods[name] == {86_400} for name in daily)
    assert all(periods[name] == {21_600} for name in set(CATALOGUE) - daily - EVENTS)


def test_periods_are_obeyed(document: Document) -> None:
    assert document["periodOverride"] == "inherit"


def test_every_chart_says_its_region_title_and_metrics(document: Document, settings: Settings) -> None:
    charts = of_type(document, "metric")
    assert len({widget["properties"]["title"] for widget in charts}) == len(charts)
    for widget in charts:
        assert widget["properties"]["region"] == settings.home_region
        assert widget["properties"]["metrics"]
        assert widget["properties"]["view"] in {"timeSeries", "singleValue", "bar"}


def test_every_line_of_a_chart_can_be_reported_from_the_others(document: Document) -> None:
    for widget in of_type(document, "metric"):
        readings = [metric[-1] for metric in widget["properties"]["metrics"]]
        colours = [reading["color"] for reading in readings if "color" in reading]
        assert len({reading["label"] for reading in readings}) == len(readings)
        assert len(set(colours)) == len(colours)


def test_the_trend_is_of_a_month_and_of_a_quarter(document: Document) -> None:
    for days in (30, 90):
        widget = named(document, f"Score and coverage, {days} days (%)")
        assert widget["properties"]["start"] == f"-P{days}D"
        assert [metric[1] for metric in widget["properties"]["metrics"]] == ["Score", "Coverage"]


def test_current_values_are_never_old_ones(document: Document) -> None:
    for widget in of_type(document, "metric"):
        if widget["properties"]["view"] != "timeSeries":
            assert widget["properties"]["start"] in {"-P1D", "-P2D"}, widget["properties"]["title"]


def test_severities_come_worst_first_and_only_those_of_rules(document: Document) -> None:
    used = {rule.severity for rule in RULES.values()}
    assert len(used) < len(Severity)
    for title in ("Open findings", "Overdue findings", "Opened, per day", "Mean time to resolve (days)"):
        labels = [metric[-1]["label"] for metric in named(document, title)["properties"]["metrics"]]
        assert labels == [severity.lower() for severity in Severity if severity in used]


def test_resources_of_a_rule_stack_up_to_all_of_them(document: Document) -> None:
    for rule in RULES:
        widget = named(document, f"Resources: {rule}")
        assert widget["properties"]["stacked"] is True
        assert "DiscoveredResources" not in {metric[1] for metric in widget["properties"]["metrics"]}


def test_without_a_remediation_there_is_no_word_of_one(dev: Settings) -> None:
    headings = [widget["properties"]["markdown"] for widget in of_type(shown(dev, remediating=[]), "text")]
    assert "## Remediations" not in headings
    assert "## Remediations" in [widget["properties"]["markdown"] for widget in of_type(shown(dev), "text")]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1])])
def test_every_alarm_is_shown_whatever_their_number(dev: Settings, count: int, sizes: list[int]) -> None:
    arns = [f"arn:{number}" for number in range(count)]
    found = [widget["properties"]["alarms"] for widget in of_type(shown(dev, alarms=arns), "alarm")]
    assert [len(some) for some in found] == sizes
    assert [arn for some in found for arn in some] == arns


def test_the_guide_comes_first_and_says_where_things_are(document: Document, settings: Settings) -> None:
    first = document["widgets"][0]
    words = first["properties"]["markdown"]
    assert (first["type"], first["y"]) == ("text", 0)
    assert f"compliance-reports-{settings.environment}-{settings.environment_suffix}" in words
    for word in ("Score", "Coverage", "Incomplete", "Colours", "alarm is red", QUEUE, settings.account_id):
        assert word in words


def test_words_are_plain_markdown(document: Document) -> None:
    for widget in of_type(document, "text"):
        for line in filter(None, widget["properties"]["markdown"].splitlines()):
            assert re.match(r"#{1,2} \w|- \*\*\w|\*\*\w|\w", line), line
            assert not re.search(r"[<>|\[\]]", line), line


def test_the_same_input_gives_the_same_dashboard(dev: Settings) -> None:
    assert shown(dev) == shown(dev)


@pytest.mark.parametrize("values", [(), ("HIGH", "LOW")])
def test_a_metric_without_its_dimensions_is_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="zip"):
        OwnMetrics("dev-ew1", RULES).line(EACH_REPORT, "OpenFindings", *values, label="open")
