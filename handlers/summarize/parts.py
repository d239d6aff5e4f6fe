"""What a summary consists of, and how each part is taken from a score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from handlers.common.runtime import clock


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
    """Why the figures are incomplete: one kind of reason, with how often and where."""

    kind: str
    count: int
    rules: tuple[str, ...]
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """Where the audit trail ends, and how many records the day added to it."""

    records: int
    sequence: int
    sha256: str


def groups(found: Mapping[str, Any]) -> tuple[Group, ...]:
    """Categories or accounts, by name."""
    return tuple(
        Group(name, each["score"], each["coverage"], each["non_compliant"]) for name, each in sorted(found.items())
    )


def worst_first(group: Group) -> tuple[float, int]:
    """Returns the order in which accounts are listed."""
    # An account of which nothing could be evaluated comes before any that has a score.
    return (-1 if group.score is None else group.score, -group.non_compliant)


def changes(changes: Mapping[str, Any]) -> tuple[Change, ...]:
    """Returns the rules of which findings opened or were resolved, most first."""
    opened, resolved = changes["opened"]["by_rule"], changes["resolved"]["by_rule"]
    found = [Change(rule, opened.get(rule, 0), resolved.get(rule, 0)) for rule in {*opened, *resolved}]
    return tuple(sorted(found, key=lambda change: (-change.opened - change.resolved, change.rule)))


def severities(score: Mapping[str, Any]) -> Iterator[Open]:
    """Open findings by severity, the heaviest first."""
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


def problems(problems: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Returns the problems, one entry for each kind."""
    for kind in sorted({each["kind"] for each in problems}):
        own = [each for each in problems if each["kind"] == kind]
        rules = sorted({each["rule"] for each in own if each["rule"] is not None})
        regions = sorted({each["region"] for each in own if each["region"] is not None})
        yield Problem(kind, len(own), tuple(rules), tuple(regions))


def audit(score: Mapping[str, Any]) -> Audit | None:
    """Returns the audit trail's end; None where the score, being of an earlier version, does not have it."""
    found = score.get("audit")
    return Audit(found["records"], found["sequence"], found["sha256"]) if found else None
