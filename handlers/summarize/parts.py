"""The parts of a summary, computed from a score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from handlers.common.runtime import clock


@dataclass(frozen=True)
class Day:
    """A day of the trend. Missing days have no score."""

    day: str
    score: float | None
    complete: bool


@dataclass(frozen=True)
class Group:
    """Score and coverage of a category or of an account."""

    name: str
    score: float | None
    coverage: float | None
    non_compliant: int


@dataclass(frozen=True)
class Finding:
    """An open finding, and the seconds since its deadline if it is overdue."""

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
        """Returns the finding of a row of the score."""
        seen_at = clock.parse(row["opened_at"]) + timedelta(seconds=row["age_seconds"])
        late = int((seen_at - clock.parse(row["due_at"])).total_seconds())
        values = {name: row[name] for name in cls.__dataclass_fields__ if name != "overdue_seconds"}
        return cls(**values, overdue_seconds=max(0, late) if row["overdue"] else 0)


@dataclass(frozen=True)
class Change:
    """Numbers of findings of a rule that were opened and resolved within the day."""

    rule: str
    opened: int
    resolved: int


@dataclass(frozen=True)
class Open:
    """Open findings of a severity, and the mean time to resolution in the last thirty days."""

    severity: str
    findings: int
    overdue: int
    mean_age_seconds: int | None
    deadline_days: int
    resolved: int
    mean_resolution_seconds: int | None


@dataclass(frozen=True)
class Problem:
    """One kind of reason why the figures are incomplete, with its number, rules and regions."""

    kind: str
    count: int
    rules: tuple[str, ...]
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """The head of the audit trail, and the number of records of the day."""

    records: int
    sequence: int
    sha256: str


def groups(figures: Mapping[str, Any]) -> tuple[Group, ...]:
    """Returns categories or accounts, sorted by name."""
    return tuple(
        Group(name, each["score"], each["coverage"], each["non_compliant"]) for name, each in sorted(figures.items())
    )


def worst_first(group: Group) -> tuple[float, int]:
    """Returns the sort key of accounts; those without a score come first."""
    return (-1 if group.score is None else group.score, -group.non_compliant)


def changes(changes: Mapping[str, Any]) -> tuple[Change, ...]:
    """Returns the rules with opened or resolved findings, in descending order of their number."""
    opened, resolved = changes["opened"]["by_rule"], changes["resolved"]["by_rule"]
    by_rule = [Change(rule, opened.get(rule, 0), resolved.get(rule, 0)) for rule in {*opened, *resolved}]
    return tuple(sorted(by_rule, key=lambda change: (-change.opened - change.resolved, change.rule)))


def severities(score: Mapping[str, Any]) -> Iterator[Open]:
    """Yields open findings by severity, the highest weight first."""
    worst_first = sorted(score["open"], key=lambda severity: (-score["formula"]["weights"].get(severity, 0), severity))
    for severity in worst_first:
        ages, resolution = score["open"][severity], score["resolution"][severity]
        yield Open(
            severity=severity,
            findings=ages["findings"],
            overdue=ages["overdue"],
            mean_age_seconds=ages["mean_age_seconds"],
            deadline_days=ages["deadline_days"],
            resolved=resolution["resolved"],
            mean_resolution_seconds=resolution["mean_seconds"],
        )


def problems(problems: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Yields one problem for each kind."""
    for kind in sorted({each["kind"] for each in problems}):
        own = [each for each in problems if each["kind"] == kind]
        rules = sorted({each["rule"] for each in own if each["rule"] is not None})
        regions = sorted({each["region"] for each in own if each["region"] is not None})
        yield Problem(kind, len(own), tuple(rules), tuple(regions))


def audit(score: Mapping[str, Any]) -> Audit:
    """Returns the head of the audit trail."""
    trail = score["audit"]
    return Audit(trail["records"], trail["sequence"], trail["sha256"])
