"""What management needs to know of a day, computed from its score: the one model behind mail, page and JSON.

It holds numbers and names; words come with the language. The same score gives the same model, at whatever time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from handlers import __version__
from handlers.common import clock, cost, prices
from handlers.summarize.decisions import Decision, Repairs, decisions_of, repairs_of
from handlers.summarize.plain import printable
from handlers.summarize.usage import usage_of

Document = dict[str, Any]

SCHEMA_VERSION = 2


class Standing(StrEnum):
    """The day in one word."""

    NOTHING_JUDGED = "NOTHING_JUDGED"
    OVERDUE = "OVERDUE"
    OPEN = "OPEN"
    CLEAR = "CLEAR"


@dataclass(frozen=True)
class Day:
    """A day of the trend; a day between two that is not there has no score."""

    day: str
    score: float | None
    complete: bool


@dataclass(frozen=True)
class Group:
    """Score and coverage of a category, or of an account."""

    name: str
    score: float | None
    coverage: float | None
    non_compliant: int


@dataclass(frozen=True)
class Finding:
    """An open finding, and by how much it has passed its deadline."""

    finding_id: str
    rule: str
    severity: str
    account: str
    region: str
    resource_type: str
    resource_id: str
    opened_at: str
    age_seconds: int
    due_at: str
    overdue: bool
    overdue_seconds: int
    remediation: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """From a row of the score."""
        seen_at = clock.parse(row["opened_at"]) + timedelta(seconds=row["age_seconds"])
        late = int((seen_at - clock.parse(row["due_at"])).total_seconds())
        taken = {name: row[name] for name in cls.__dataclass_fields__ if name != "overdue_seconds"}
        return cls(**taken, overdue_seconds=max(0, late) if row["overdue"] else 0)


@dataclass(frozen=True)
class Change:
    """How many findings of a rule opened and were resolved within the day."""

    rule: str
    opened: int
    resolved: int


@dataclass(frozen=True)
class Open:
    """A severity's open findings, and how fast its findings were resolved in the last thirty days."""

    severity: str
    findings: int
    overdue: int
    mean_age_seconds: int | None
    deadline_days: int
    resolved: int
    mean_resolution_seconds: int | None


@dataclass(frozen=True)
class Problem:
    """Why the figures are not the whole truth: one kind of reason, with how often and where."""

    kind: str
    count: int
    rules: tuple[str, ...]
    regions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The summary of a day; what is None could not be judged or has nothing to be compared with."""

    day: str
    environment: str
    environment_suffix: str
    account: str
    report_key: str
    as_of: str
    weights: Mapping[str, int]
    standing: Standing
    score: float | None
    coverage: float | None
    deltas: Mapping[str, float | None]
    evaluated: int
    compliant: int
    non_compliant: int
    not_applicable: int
    unknown: int
    open_findings: int
    overdue_findings: int
    decisions: tuple[Decision, ...]
    history: tuple[Day, ...]
    categories: tuple[Group, ...]
    accounts: tuple[Group, ...]
    changes_since: str
    changes: tuple[Change, ...]
    worst: tuple[Finding, ...]
    overdue: tuple[Finding, ...]
    repairs: tuple[Repairs, ...]
    severities: tuple[Open, ...]
    complete: bool
    reports_found: int
    reports_expected: int
    problems: tuple[Problem, ...]
    monthly_usd: int
    prices_dated: str
    titles: Mapping[str, str]

    @classmethod
    def of(cls, score: Mapping[str, Any], titles: Mapping[str, str]) -> Self:
        """The summary of a score document, with the rules' titles in the readers' language."""
        total, completeness, repairs = score["total"], score["completeness"], repairs_of(score["remediations"])
        severities = tuple(_severities(score))
        return cls(
            **{name: score[name] for name in ("day", "environment", "environment_suffix", "account", "deltas")},
            **{name: completeness[name] for name in ("complete", "reports_found", "reports_expected")},
            **{name: total[name] for name in ("score", "coverage", "evaluated", "compliant", "non_compliant")},
            **{name: total[name] for name in ("not_applicable", "unknown")},
            report_key=score["report"]["key"],
            as_of=score["report"]["scheduled_at"],
            weights=score["formula"]["weights"],
            standing=_standing(total["score"], severities),
            open_findings=sum(each.findings for each in severities),
            overdue_findings=sum(each.overdue for each in severities),
            decisions=decisions_of(score, repairs),
            history=tuple(Day(each["day"], each["score"], each["complete"]) for each in score["history"]),
            categories=_groups(score["categories"]),
            # A score of schema 1 knows one account only.
            accounts=tuple(sorted(_groups(score.get("accounts", {})), key=_worst_first)),
            changes_since=score["changes"]["since"],
            changes=_changes(score["changes"]),
            worst=tuple(map(Finding.of, score["worst"])),
            overdue=tuple(map(Finding.of, score["overdue"])),
            repairs=repairs,
            severities=severities,
            problems=tuple(_problems(completeness["problems"])),
            monthly_usd=round(cost.total(cost.estimate(usage_of(score)))),
            prices_dated=prices.DATED,
            titles=titles,
        )

    @property
    def date(self) -> date:
        """The day, as a date."""
        return date.fromisoformat(self.day)

    @property
    def deployment(self) -> str:
        """Which deployment this is about, for people: `dev-ew1`."""
        return f"{self.environment}-{self.environment_suffix}"

    def title(self, rule: str) -> str:
        """The rule's title; an unknown rule's name stands for itself."""
        return self.titles.get(rule) or printable(rule)

    def to_document(self) -> Document:
        """The JSON form: everything but words."""
        fields = asdict(self)
        del fields["titles"]
        return {"schema_version": SCHEMA_VERSION, "version": __version__} | fields


def _standing(score: float | None, severities: tuple[Open, ...]) -> Standing:
    if any(each.overdue for each in severities):
        return Standing.OVERDUE
    if any(each.findings for each in severities):
        return Standing.OPEN
    return Standing.NOTHING_JUDGED if score is None else Standing.CLEAR


def _groups(found: Mapping[str, Any]) -> tuple[Group, ...]:
    return tuple(
        Group(name, each["score"], each["coverage"], each["non_compliant"]) for name, each in sorted(found.items())
    )


def _worst_first(group: Group) -> tuple[float, int]:
    # An account of which nothing could be judged is told before any that has a score.
    return (-1 if group.score is None else group.score, -group.non_compliant)


def _changes(changes: Mapping[str, Any]) -> tuple[Change, ...]:
    opened, resolved = changes["opened"]["by_rule"], changes["resolved"]["by_rule"]
    found = [Change(rule, opened.get(rule, 0), resolved.get(rule, 0)) for rule in {*opened, *resolved}]
    return tuple(sorted(found, key=lambda change: (-change.opened - change.resolved, change.rule)))


def _severities(score: Mapping[str, Any]) -> Iterator[Open]:
    worst_first = sorted(score["open"], key=lambda severity: (-score["formula"]["weights"].get(severity, 0), severity))
    for severity in worst_first:
        found, resolution = score["open"][severity], score["resolution"][severity]
        yield Open(
            severity=severity,
            findings=found["findings"],
            overdue=found["overdue"],
            mean_age_seconds=found["mean_age_seconds"],
            deadline_days=found["deadline_days"],
            resolved=resolution["resolved"],
            mean_resolution_seconds=resolution["mean_seconds"],
        )


def _problems(problems: list[Mapping[str, Any]]) -> Iterator[Problem]:
    for kind in sorted({each["kind"] for each in problems}):
        own = [each for each in problems if each["kind"] == kind]
        rules = sorted({each["rule"] for each in own if each["rule"] is not None})
        regions = sorted({each["region"] for each in own if each["region"] is not None})
        yield Problem(kind, len(own), tuple(rules), tuple(regions))
