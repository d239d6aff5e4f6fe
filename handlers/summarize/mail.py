"""The summary as a plain text mail by SNS."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handlers.common.runtime.email import subject
from handlers.summarize import phrases
from handlers.summarize.model import Summary
from handlers.summarize.parts import Finding
from handlers.summarize.texts import Texts
from handlers.summarize.texts.base import printable

WIDTH = 78
INDENT = "   "


@dataclass(frozen=True)
class Letter:
    """Subject and body of a mail."""

    subject: str
    body: str


def mail(summary: Summary, texts: Texts) -> Letter:
    """Returns the mail of a summary."""
    worst = phrases.shown(texts.worst, len(summary.worst), summary.open_findings, texts)
    overdue = phrases.shown(texts.overdue, len(summary.overdue), summary.overdue_findings, texts)
    sections = (
        _head(summary, texts),
        _section(texts.decisions, _decisions(summary, texts)),
        _section(texts.changes.format(moment=texts.at(summary.changes_since)), _changes(summary, texts)),
        _section(worst, _findings(summary.worst, summary, texts) or [texts.none_open]),
        _section(overdue, _findings(summary.overdue, summary, texts) or [texts.none_overdue]),
        *_accounts(summary, texts),
        _section(texts.severities, _severities(summary, texts)),
        _section(texts.remediations, _remediations(summary, texts)),
        _section(texts.reliability, _reliability(summary, texts)),
        _wrapped(phrases.monthly_cost(summary, texts)),
        _wrapped(phrases.sources(summary, texts)),
    )
    return Letter(_subject(summary, texts), "\n\n".join("\n".join(section) for section in sections) + "\n")


def _subject(summary: Summary, texts: Texts) -> str:
    form = texts.subject_without_score if summary.score is None else texts.subject
    headline = form.format(
        deployment=printable(summary.deployment),
        date=texts.on(texts.date_short, summary.day),
        score=texts.decimal(summary.score),
        overdue=summary.overdue_findings,
        decisions=len(summary.decisions),
    )
    return subject(headline)


def _head(summary: Summary, texts: Texts) -> Iterator[str]:
    title = f"{texts.title}, {texts.on(texts.date_long, summary.day)}"
    score = texts.no_score if summary.score is None else f"{texts.decimal(summary.score)} {texts.of_hundred}"
    yield title
    yield "=" * len(title)
    yield phrases.identity(summary, texts)
    yield texts.as_of.format(moment=texts.at(summary.as_of))
    yield ""
    yield texts.label(texts.score, score)
    for points, time in phrases.deltas(summary, texts):
        yield f"{points:>8} {time}"
    yield texts.label(texts.coverage, f"{texts.percentage(summary.coverage)} {texts.coverage_note}")
    yield ""
    yield from _wrapped(" ".join(phrases.headline(summary, texts)))


def _decisions(summary: Summary, texts: Texts) -> Iterator[str]:
    if not summary.decisions:
        yield texts.no_decision
    for number, decision in enumerate(summary.decisions, 1):
        yield from _wrapped(phrases.decision(decision, texts), f"{number}. ")
        for rule in decision.rules:
            yield from _wrapped(summary.title(rule), f"{INDENT}- ")


def _changes(summary: Summary, texts: Texts) -> Iterator[str]:
    yield from _wrapped(" ".join(phrases.why(summary, texts)))
    for change in summary.changes:
        yield from _wrapped(summary.title(change.rule))
        counts = {texts.opened: change.opened, texts.resolved: change.resolved}
        yield from _wrapped(_listed({name: texts.whole(count) for name, count in counts.items()}, texts), INDENT)


def _findings(findings: Iterable[Finding], summary: Summary, texts: Texts) -> list[str]:
    return [line for number, finding in enumerate(findings, 1) for line in _finding(number, finding, summary, texts)]


def _finding(number: int, finding: Finding, summary: Summary, texts: Texts) -> Iterator[str]:
    severity = texts.named("severity", finding.severity)
    yield from _wrapped(f"[{severity}] {summary.title(finding.rule)}", f"{number}. ")
    # Names are not wrapped, so that they can be copied.
    yield f"{INDENT}{printable(finding.resource_id)}"
    yield from _wrapped(f"{phrases.kind(finding)}, {phrases.place(finding, summary, texts)}", INDENT)
    due = ", ".join(filter(None, (phrases.due(finding, texts), phrases.lateness(finding, texts))))
    yield from _wrapped(
        _listed({texts.open_for: texts.duration(finding.age_seconds), texts.deadline: due}, texts), INDENT
    )


def _accounts(summary: Summary, texts: Texts) -> Iterator[Iterable[str]]:
    if not phrases.several_accounts(summary):
        return
    listed = summary.accounts[: phrases.ACCOUNTS_SHOWN]
    lines = []
    for each in listed:
        figures = {
            texts.score: texts.decimal(each.score),
            texts.coverage: texts.percentage(each.coverage),
            texts.non_compliant: texts.whole(each.non_compliant),
        }
        lines += [printable(each.name), *_wrapped(_listed(figures, texts), INDENT)]
    yield _section(phrases.shown(texts.by_account, len(listed), len(summary.accounts), texts), lines)


def _severities(summary: Summary, texts: Texts) -> Iterator[str]:
    for each in summary.severities:
        yield texts.named("severity", each.severity)
        figures = {
            texts.open: texts.whole(each.findings),
            texts.late: texts.whole(each.overdue),
            texts.deadline: texts.counted(texts.days, each.deadline_days),
            texts.mean_age: texts.duration(each.mean_age_seconds),
            texts.mean_resolution: texts.duration(each.mean_resolution_seconds),
        }
        yield from _wrapped(_listed(figures, texts), INDENT)


def _remediations(summary: Summary, texts: Texts) -> Iterator[str]:
    if not summary.remediations:
        yield texts.no_remediations
    for each in summary.remediations:
        yield from _wrapped(summary.title(each.rule))
        counts = {texts.fixed: each.fixed, texts.planned: each.planned, texts.failed: each.failed}
        yield from _wrapped(_listed({name: texts.whole(count) for name, count in counts.items()}, texts), INDENT)


def _reliability(summary: Summary, texts: Texts) -> Iterator[str]:
    yield from _wrapped(" ".join(phrases.reliability(summary, texts)))
    for problem in summary.problems:
        yield from _wrapped(phrases.problem(problem, summary, texts), "- ")
    yield from _wrapped(phrases.method(summary, texts))
    trail, head = phrases.trail(summary, texts)
    yield from _wrapped(trail)
    yield head


def _listed(values: dict[str, str], texts: Texts) -> str:
    return " · ".join(texts.label(name, value) for name, value in values.items())


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield heading
    yield "-" * len(heading)
    yield from lines


def _wrapped(text: str, first: str = "") -> list[str]:
    later = " " * len(first)
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )
