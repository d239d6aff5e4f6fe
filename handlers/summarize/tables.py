"""The tables of the page, each with a caption, column headers and row headers."""

from collections.abc import Iterable, Sequence

from handlers.summarize import phrases
from handlers.summarize.markup import Markup, element, joined, name, text
from handlers.summarize.model import Summary
from handlers.summarize.parts import Finding
from handlers.summarize.texts import Texts
from handlers.summarize.texts.base import printable

# Shapes, because colours alone are not accessible.
MARKS = {"CRITICAL": "◆", "HIGH": "▲", "MEDIUM": "■", "LOW": "●"}


def table(caption: Markup, heads: Sequence[str], rows: Iterable[Sequence[Markup]], kind: str = "figures") -> Markup:
    """Returns a table whose first column has the row headers; in `figures` the other columns are numbers."""
    number = {"class_": "number"} if kind == "figures" else {}
    first, *others = (text(head) for head in heads)
    head = element("tr", element("th", first, scope="col"), *(element("th", o, scope="col", **number) for o in others))
    body = (
        element("tr", element("th", row[0], scope="row"), *(element("td", cell, **number) for cell in row[1:]))
        for row in rows
    )
    return element("table", element("caption", caption), element("thead", head), element("tbody", *body), class_=kind)


def findings(caption: str, total: int, listed: Sequence[Finding], summary: Summary, texts: Texts) -> Markup:
    """Returns the table of open findings: resource, severity, age and deadline."""
    heads = (texts.finding, texts.severity, texts.open_for, texts.deadline)
    rows = [_finding(each, summary, texts) for each in listed]
    return table(_heading(phrases.shown(caption, len(listed), total, texts)), heads, rows, "finding")


def changes(caption: str, summary: Summary, texts: Texts) -> Markup:
    """Returns the table of opened and resolved findings, by rule."""
    rows = ((text(summary.title(each.rule)), *whole(texts, each.opened, each.resolved)) for each in summary.changes)
    return table(_heading(caption), (texts.rule, texts.opened, texts.resolved), rows)


def remediations(summary: Summary, texts: Texts) -> Markup:
    """Returns the table of automatic remediations, by rule."""
    heads = (texts.rule, texts.fixed, texts.planned, texts.failed)
    rows = (
        (text(summary.title(each.rule)), *whole(texts, each.fixed, each.planned, each.failed))
        for each in summary.remediations
    )
    return table(_heading(texts.remediations), heads, rows)


def severities(summary: Summary, texts: Texts) -> Markup:
    """Returns the table of open findings: number, age and time to resolution, by severity."""
    heads = (texts.severity, texts.open, texts.late, texts.deadline, texts.mean_age, texts.mean_resolution)
    rows = (
        (
            severity(each.severity, texts),
            *whole(texts, each.findings, each.overdue),
            text(texts.counted(texts.days, each.deadline_days)),
            text(texts.duration(each.mean_age_seconds)),
            text(texts.duration(each.mean_resolution_seconds)),
        )
        for each in summary.severities
    )
    return table(_heading(texts.severities), heads, rows)


def trend(summary: Summary, texts: Texts) -> Markup:
    """Returns the table of the trend."""
    rows = (
        (
            text(texts.on(texts.date_short, each.day)),
            text(texts.decimal(each.score)),
            text(texts.data_complete if each.complete else texts.data_incomplete),
        )
        for each in reversed(summary.history)
    )
    return table(text(texts.trend), (texts.day, texts.score, texts.data), rows)


def categories(summary: Summary, texts: Texts) -> Markup:
    """Returns the table of the categories."""
    rows = (
        (
            text(texts.named("category", each.name)),
            text(texts.decimal(each.score)),
            text(texts.percentage(each.coverage)),
            *whole(texts, each.non_compliant),
        )
        for each in summary.categories
    )
    return table(text(texts.by_category), (texts.category, texts.score, texts.coverage, texts.non_compliant), rows)


def accounts(summary: Summary, texts: Texts) -> Markup:
    """Returns the table of the accounts with the lowest scores."""
    listed = summary.accounts[: phrases.ACCOUNTS_SHOWN]
    rows = (
        (
            text(printable(each.name)),
            text(texts.decimal(each.score)),
            text(texts.percentage(each.coverage)),
            *whole(texts, each.non_compliant),
        )
        for each in listed
    )
    heading = _heading(phrases.shown(texts.by_account, len(listed), len(summary.accounts), texts))
    return table(heading, (texts.account, texts.score, texts.coverage, texts.non_compliant), rows)


def severity(name: str, texts: Texts) -> Markup:
    """Returns a severity as shape and text."""
    mark = element("span", text(MARKS.get(name, "○")), aria_hidden="true")
    kind = name.lower() if name in MARKS else "unknown"
    return element("span", mark, text(" "), text(texts.named("severity", name)), class_=f"severity {kind}")


def whole(texts: Texts, *counts: int) -> list[Markup]:
    """Returns counts as cells."""
    return [text(texts.whole(count)) for count in counts]


def _heading(words: str) -> Markup:
    return element("h2", text(words))


def _finding(finding: Finding, summary: Summary, texts: Texts) -> Sequence[Markup]:
    kind = element("i", text(f"{phrases.kind(finding)}, "), class_="kind")
    resource = joined(
        element("b", text(summary.title(finding.rule))),
        text(" "),
        element("span", name(finding.resource_id), class_="id"),
        text(" "),
        element("span", kind, text(phrases.place(finding, summary, texts)), class_="quiet"),
    )
    late = phrases.lateness(finding, texts)
    due = element("span", text(phrases.due(finding, texts)), class_="narrow")
    return (
        resource,
        severity(finding.severity, texts),
        text(texts.duration(finding.age_seconds)),
        joined(due, text(" "), element("span", text(late), class_="late")) if late else due,
    )
