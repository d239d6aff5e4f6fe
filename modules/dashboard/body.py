"""Body of the dashboard: overall compliance, every rule, and the monitor's health."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handlers.common.model.cadence import REPORTS_PER_DAY
from handlers.common.model.outcome import Result
from handlers.common.model.rule import Rule, Severity
from handlers.common.runtime.batches import chunks
from modules.dashboard.guide import guide
from modules.dashboard.readings import (
    BY_COMPLIANCE,
    BY_RESULT,
    BY_SEVERITY,
    COUNT_OF_DAY,
    COUNT_OF_REPORT,
    EACH_REPORT,
    EACH_SCORE,
    Color,
    OwnMetrics,
    Reading,
    function_metric,
    queue_depth,
)
from modules.dashboard.widgets import COLUMNS, Charts, Line, Row, Widget, alarm_status, layout, text
from settings.deployment import Deployment

ALARMS_PER_WIDGET = 100

# Maximum age of a value shown as current: after that, a missing value must not look like a good one.
CURRENT_REPORT = "-P1D"
CURRENT_SCORE = "-P2D"


def body(
    deployment: Deployment,
    *,
    rules: Mapping[str, Rule],
    regions: Sequence[str],
    functions: Sequence[str],
    remediating: Sequence[str],
    queue: str,
    alarms: Sequence[str],
) -> dict[str, Any]:
    """Returns the dashboard body; `functions` and `queue` are names, `remediating` rule names, `alarms` ARNs."""
    own, charts = OwnMetrics(deployment.label, rules), Charts(deployment.region)
    rows = [
        [text(guide(deployment, queue), height=7)],
        *_status(own, charts),
        *([alarm_status("Alarms", some, width=COLUMNS, height=5)] for some in chunks(alarms, ALARMS_PER_WIDGET)),
        *_trend(own, charts),
        *_compliance(own, charts, regions),
        *_alerts(own, charts),
        *_remediations(own, charts, remediating),
        *_health(own, charts, functions, queue),
    ]
    # By default CloudWatch sets periods by the time range and would sum up gauges; "inherit" keeps those of widgets.
    return {"start": "-P7D", "periodOverride": "inherit", "widgets": layout(rows)}


def _status(own: OwnMetrics, charts: Charts) -> Iterator[Row]:
    incomplete = [
        own.line(EACH_SCORE, "ScoreIncomplete", label="score"),
        own.line(EACH_REPORT, "ReportIncomplete", label="report"),
    ]
    open_findings = _by_severity(own, EACH_REPORT, "OpenFindings")
    overdue = _by_severity(own, EACH_REPORT, "OverdueFindings")
    yield [text("## Current status")]
    yield [
        charts.numbers("Score and coverage (%)", _total(own), width=6, start=CURRENT_SCORE),
        charts.numbers("Incomplete (1 is yes)", incomplete, width=6, start=CURRENT_SCORE),
        charts.numbers("Open findings", open_findings, width=6, start=CURRENT_REPORT),
        charts.numbers("Overdue findings", overdue, width=6, start=CURRENT_REPORT),
    ]


def _trend(own: OwnMetrics, charts: Charts) -> Iterator[Row]:
    yield [text("## Trend")]
    yield [
        charts.lines(f"Score and coverage, {days} days (%)", _total(own), width=12, start=f"-P{days}D", percent=True)
        for days in (30, 90)
    ]


def _compliance(own: OwnMetrics, charts: Charts, regions: Sequence[str]) -> Iterator[Row]:
    categories = sorted({rule.category for rule in own.rules.values()})
    by_category = [own.line(EACH_SCORE, "CategoryScore", name, label=name) for name in categories]
    by_rule = [own.line(EACH_SCORE, "RuleScore", name, label=name) for name in own.rules]
    by_severity = _by_severity(own, EACH_SCORE, "SeverityScore")
    by_region = [own.line(EACH_SCORE, "RegionScore", name, label=name) for name in regions]
    discovered = [own.line(EACH_REPORT, "DiscoveredResources", name, label=name) for name in own.rules]
    yield [text("## Compliance")]
    yield [
        charts.bars("Score by category (%)", by_category, width=8, start=CURRENT_SCORE, percent=True),
        charts.bars("Score by severity (%)", by_severity, width=8, start=CURRENT_SCORE, percent=True),
        charts.bars("Score by region (%)", by_region, width=8, start=CURRENT_SCORE, percent=True),
    ]
    yield [
        charts.bars("Score by rule (%)", by_rule, width=12, start=CURRENT_SCORE, percent=True),
        charts.bars("Resources by rule", discovered, width=12, start=CURRENT_REPORT),
    ]
    yield from chunks([_resources(own, charts, name) for name in own.rules], 3)


def _resources(own: OwnMetrics, charts: Charts, rule: str) -> Widget:
    lines = [
        own.line(EACH_REPORT, name, rule, label=label, color=color) for name, (label, color) in BY_COMPLIANCE.items()
    ]
    return charts.lines(f"Resources: {rule}", lines, width=8, stacked=True)


def _alerts(own: OwnMetrics, charts: Charts) -> Iterator[Row]:
    yield [text("## Alerts")]
    yield [
        charts.lines(f"{change}, per day", _by_severity(own, COUNT_OF_DAY, f"Findings{change}"), width=8)
        for change in ("Opened", "Reopened", "Resolved")
    ]
    age = _by_severity(own, EACH_REPORT, "MeanAgeDays")
    time_to_resolve = _by_severity(own, EACH_REPORT, "MeanTimeToResolveDays")
    yield [
        charts.lines("Mean age of open findings (days)", age, width=12),
        charts.lines("Mean time to resolve (days)", time_to_resolve, width=12),
    ]


def _remediations(own: OwnMetrics, charts: Charts, rules: Sequence[str]) -> Iterator[Row]:
    if rules:
        yield [text("## Remediations")]
    yield from chunks([_results(own, charts, rule) for rule in rules], 2)


def _results(own: OwnMetrics, charts: Charts, rule: str) -> Widget:
    lines = [
        own.line(COUNT_OF_DAY, "Remediations", rule, result, label=_words(result), color=BY_RESULT[result])
        for result in Result
    ]
    return charts.lines(f"Remediations, per day: {rule}", lines, width=12)


def _health(own: OwnMetrics, charts: Charts, functions: Sequence[str], queue: str) -> Iterator[Row]:
    work = [
        own.line(COUNT_OF_DAY, "EvaluationsStarted", label="evaluations", color=Color.BLUE),
        own.line(COUNT_OF_DAY, "ReportsWritten", label="reports", color=Color.TEAL),
        own.line(COUNT_OF_DAY, "SummariesSent", label="summaries", color=Color.GREEN),
    ]
    problems = [
        own.line(COUNT_OF_REPORT, "LostEvents", label="lost events", color=Color.RED),
        own.line(EACH_REPORT, "SilentRules", label="silent rules", color=Color.ORANGE),
        own.line(EACH_REPORT, "ReportIncomplete", label="incomplete", color=Color.PURPLE),
    ]
    mails = [
        own.line(COUNT_OF_DAY, "MailsSent", label="sent, per day", color=Color.BLUE),
        own.line(EACH_REPORT, "MailsWaiting", label="waiting", color=Color.RED),
        own.line(EACH_REPORT, "UnreadTopics", label="topics without a confirmed recipient", color=Color.ORANGE),
        own.line(EACH_REPORT, "PendingSubscriptions", label="subscriptions not confirmed", color=Color.PURPLE),
    ]
    errors = [function_metric("Errors", name) for name in functions]
    throttles = [function_metric("Throttles", name) for name in functions]
    expected = f"{REPORTS_PER_DAY} evaluations, {REPORTS_PER_DAY} reports and 1 summary"
    yield [text("## Health of the monitor")]
    yield [
        charts.lines(f"Work per day: {expected} expected", work, width=6),
        charts.lines("Problems in each report", problems, width=6),
        charts.lines("Mails and recipients", mails, width=6),
        charts.lines("Dead-letter queue", [queue_depth(queue)], width=6),
    ]
    yield [
        charts.lines("Errors of functions, per hour", errors, width=12),
        charts.lines("Throttled starts of functions, per hour", throttles, width=12),
    ]


def _total(own: OwnMetrics) -> list[Line]:
    return [
        own.line(EACH_SCORE, "Score", label="score", color=Color.BLUE),
        own.line(EACH_SCORE, "Coverage", label="coverage", color=Color.TEAL),
    ]


def _by_severity(own: OwnMetrics, reading: Reading, name: str) -> list[Line]:
    used = {rule.severity for rule in own.rules.values()}
    return [
        own.line(reading, name, severity, label=severity.lower(), color=BY_SEVERITY[severity])
        for severity in Severity
        if severity in used
    ]


def _words(result: Result) -> str:
    return result.lower().replace("_", " ")
