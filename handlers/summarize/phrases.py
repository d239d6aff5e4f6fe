"""The sentences of mail and page, as plain text in which names from AWS are printable."""

from collections.abc import Iterator

from handlers.common.stores.report_bucket import summary_key
from handlers.summarize.decisions import Decision
from handlers.summarize.model import Standing, Summary
from handlers.summarize.parts import Finding, Problem
from handlers.summarize.texts import Texts
from handlers.summarize.texts.base import printable

# All accounts are in the summary's JSON document.
ACCOUNTS_SHOWN = 10


def identity(summary: Summary, texts: Texts) -> str:
    """Returns deployment and account of the summary."""
    return texts.identity.format(deployment=printable(summary.deployment), account=printable(summary.account))


def headline(summary: Summary, texts: Texts) -> Iterator[str]:
    """Yields sentences on open and overdue findings, and on the change of the score."""
    if summary.score is None:
        yield texts.nothing_evaluated
    if summary.standing == Standing.CLEAR:
        yield texts.all_clear
    if summary.open_findings:
        yield texts.counted(texts.open_sentence, summary.open_findings)
        late = summary.overdue_findings
        yield texts.counted(texts.overdue_sentence, late) if late else texts.none_overdue
    if (points := summary.deltas["yesterday"]) is not None:
        sentence = texts.risen if points > 0 else texts.fallen if points < 0 else texts.unchanged
        yield sentence.format(points=texts.decimal(abs(points)))


def deltas(summary: Summary, texts: Texts) -> Iterator[tuple[str, str]]:
    """Yields changes of the score in points, each with its period."""
    for name, points in summary.deltas.items():
        yield texts.signed(points), texts.named("delta", name)


def decision(item: Decision, texts: Texts) -> str:
    """Returns the text of a decision."""
    return texts.counted(getattr(texts, f"decide_{item.kind.lower()}"), item.count, item.at_least)


def why(summary: Summary, texts: Texts) -> Iterator[str]:
    """Yields the sentences for a day on which no finding was opened or resolved."""
    if not summary.changes:
        yield texts.no_changes
        if summary.deltas["yesterday"]:
            yield texts.moved_without_findings


def kind(finding: Finding) -> str:
    """Returns the resource type without its prefix, for example S3 Bucket."""
    return printable(" ".join(filter(None, finding.resource_type.removeprefix("AWS::").split("::"))))


def place(finding: Finding, summary: Summary, texts: Texts) -> str:
    """Returns account (if other than the summary's), region and remediation of a finding."""
    account = () if finding.account == summary.account else (texts.label(texts.account, printable(finding.account)),)
    return " · ".join((*account, printable(finding.region), texts.named("remediation", finding.remediation)))


def several_accounts(summary: Summary) -> bool:
    """Returns whether the summary has more than one account."""
    return len(summary.accounts) > 1


def due(finding: Finding, texts: Texts) -> str:
    """Returns the day of the finding's deadline, in UTC."""
    return texts.on(texts.date_short, finding.due_at.partition("T")[0])


def lateness(finding: Finding, texts: Texts) -> str:
    """Returns the time since the deadline; empty if the finding is not overdue."""
    late = texts.overdue_by.format(duration=texts.duration(finding.overdue_seconds))
    return late if finding.overdue else ""


def shown(heading: str, listed: int, total: int, texts: Texts) -> str:
    """Returns a list's heading, with the numbers of shown and of all items if they differ."""
    if listed >= total:
        return heading
    return f"{heading} ({texts.shown.format(shown=texts.whole(listed), total=texts.whole(total))})"


def reliability(summary: Summary, texts: Texts) -> Iterator[str]:
    """Yields the sentences on the completeness of the figures."""
    yield texts.complete if summary.complete else texts.incomplete
    yield texts.reports.format(found=summary.reports_found, expected=summary.reports_expected)
    counts = ("evaluated", "compliant", "non_compliant", "not_applicable", "waived", "excluded", "unknown")
    yield texts.checks.format(**{name: texts.whole(getattr(summary, name)) for name in counts})
    if summary.unused_waivers:
        yield texts.unused_waivers.format(waivers=", ".join(map(printable, summary.unused_waivers)))


def problem(item: Problem, summary: Summary, texts: Texts) -> str:
    """Returns a reason why the data are incomplete, with its number, rules and regions."""
    reason = texts.named("problem", item.kind) + (f" ({item.count})" if item.count > 1 else "")
    where = " · ".join([*map(summary.title, item.rules), *map(printable, item.regions)])
    return texts.label(reason, where) if where else reason


def trail(summary: Summary, texts: Texts) -> tuple[str, str]:
    """Returns a sentence on the audit trail, and its head `number:hash`."""
    audit = summary.audit
    return texts.audit_trail.format(records=texts.whole(audit.records)), f"{audit.sequence}:{audit.sha256}"


def method(summary: Summary, texts: Texts) -> str:
    """Returns the sentence on the formula of the score."""
    weights = sorted(summary.weights.items(), key=lambda each: (-each[1], each[0]))
    words = (f"{texts.named('severity', name)} {weight}" for name, weight in weights)
    return texts.method.format(weights=", ".join(words))


def monthly_cost(summary: Summary, texts: Texts) -> str:
    """Returns the sentence on the estimated cost."""
    return texts.cost.format(
        usd=texts.whole(summary.monthly_usd), date=texts.on(texts.date_short, summary.prices_dated)
    )


def sources(summary: Summary, texts: Texts) -> str:
    """Returns the sentence with the keys of the summary and its report in the report bucket."""
    page, data = (summary_key(summary.date, form) for form in ("html", "json"))
    return texts.sources.format(page=page, data=data, report=printable(summary.report_key))
