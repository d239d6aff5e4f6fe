"""The sentences that mail and page share, as plain text in which names from AWS are safe to print."""

from collections.abc import Iterator

from handlers.common.stores.report_bucket import summary_key
from handlers.summarize.decisions import Decision
from handlers.summarize.model import Standing, Summary
from handlers.summarize.parts import Finding, Problem
from handlers.summarize.texts import Texts
from handlers.summarize.texts.base import printable

# More accounts than these are in the summary's JSON form.
ACCOUNTS_SHOWN = 10


def identity(summary: Summary, texts: Texts) -> str:
    """Returns which deployment and account this is about."""
    return texts.identity.format(deployment=printable(summary.deployment), account=printable(summary.account))


def headline(summary: Summary, texts: Texts) -> Iterator[str]:
    """Yields the day in plain words: what is open, what is late, and how the score moved."""
    if summary.score is None:
        yield texts.nothing_evaluated
    if summary.standing == Standing.CLEAR:
        yield texts.all_clear
    if summary.open_findings:
        yield texts.counted(texts.open_sentence, summary.open_findings)
        late = summary.overdue_findings
        yield texts.counted(texts.overdue_sentence, late) if late else texts.none_overdue
    if (points := summary.deltas["yesterday"]) is not None:
        moved = texts.risen if points > 0 else texts.fallen if points < 0 else texts.unchanged
        yield moved.format(points=texts.decimal(abs(points)))


def deltas(summary: Summary, texts: Texts) -> Iterator[tuple[str, str]]:
    """Points gained or lost, each with the time in which that was."""
    for name, points in summary.deltas.items():
        yield texts.signed(points), texts.named("delta", name)


def decision(found: Decision, texts: Texts) -> str:
    """Returns the text of a decision."""
    return texts.counted(getattr(texts, f"decide_{found.kind.lower()}"), found.count, found.at_least)


def why(summary: Summary, texts: Texts) -> Iterator[str]:
    """Returns the text for a day on which no finding was opened or resolved."""
    if not summary.changes:
        yield texts.no_changes
        if summary.deltas["yesterday"]:
            yield texts.moved_without_findings


def kind(finding: Finding) -> str:
    """Returns the resource type for readers: S3 Bucket."""
    return printable(" ".join(filter(None, finding.resource_type.removeprefix("AWS::").split("::"))))


def place(finding: Finding, summary: Summary, texts: Texts) -> str:
    """Returns region and, if not the summary's, account of a finding, and the mode of its remediation."""
    account = () if finding.account == summary.account else (texts.label(texts.account, printable(finding.account)),)
    return " · ".join((*account, printable(finding.region), texts.named("remediation", finding.remediation)))


def several_accounts(summary: Summary) -> bool:
    """Returns whether there is anything to report about accounts: one account's figures are the summary's own."""
    return len(summary.accounts) > 1


def due(finding: Finding, texts: Texts) -> str:
    """Returns the day of the finding's deadline, in UTC."""
    return texts.on(texts.date_short, finding.due_at.partition("T")[0])


def lateness(finding: Finding, texts: Texts) -> str:
    """By how much the deadline has been missed; empty if it has not."""
    late = texts.overdue_by.format(duration=texts.duration(finding.overdue_seconds))
    return late if finding.overdue else ""


def shown(heading: str, listed: int, total: int, texts: Texts) -> str:
    """Returns a list's heading; it says so if the list does not show everything."""
    if listed >= total:
        return heading
    return f"{heading} ({texts.shown.format(shown=texts.whole(listed), total=texts.whole(total))})"


def reliability(summary: Summary, texts: Texts) -> Iterator[str]:
    """Yields how far the figures can be believed."""
    yield texts.complete if summary.complete else texts.incomplete
    yield texts.reports.format(found=summary.reports_found, expected=summary.reports_expected)
    counts = ("evaluated", "compliant", "non_compliant", "not_applicable", "waived", "excluded", "unknown")
    yield texts.checks.format(**{name: texts.whole(getattr(summary, name)) for name in counts})
    if summary.unused_waivers:
        yield texts.unused_waivers.format(waivers=", ".join(map(printable, summary.unused_waivers)))


def problem(found: Problem, summary: Summary, texts: Texts) -> str:
    """Returns a reason why the data are incomplete, with where and how often."""
    reason = texts.named("problem", found.kind) + (f" ({found.count})" if found.count > 1 else "")
    where = " · ".join([*map(summary.title, found.rules), *map(printable, found.regions)])
    return texts.label(reason, where) if where else reason


def trail(summary: Summary, texts: Texts) -> tuple[str, str] | None:
    """Returns the audit trail's end: a sentence, and the mark `number:hash` that it speaks of."""
    if (found := summary.audit) is None:
        return None
    return texts.audit_trail.format(records=texts.whole(found.records)), f"{found.sequence}:{found.sha256}"


def method(summary: Summary, texts: Texts) -> str:
    """Returns how the score is made."""
    weights = sorted(summary.weights.items(), key=lambda each: (-each[1], each[0]))
    words = (f"{texts.named('severity', name)} {weight}" for name, weight in weights)
    return texts.method.format(weights=", ".join(words))


def monthly_cost(summary: Summary, texts: Texts) -> str:
    """Returns the sentence on the estimated cost."""
    return texts.cost.format(
        usd=texts.whole(summary.monthly_usd), date=texts.on(texts.date_short, summary.prices_dated)
    )


def sources(summary: Summary, texts: Texts) -> str:
    """Returns where this summary and its report lie in the report bucket."""
    page, data = (summary_key(summary.date, form) for form in ("html", "json"))
    return texts.sources.format(page=page, data=data, report=printable(summary.report_key))
