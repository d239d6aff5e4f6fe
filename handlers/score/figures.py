"""The formulas of score and coverage.

Both are truncated to one decimal: 100.0 means that no resource is non-compliant, or unknown.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.model.rule import Severity

WEIGHTS = {Severity.CRITICAL: 10, Severity.HIGH: 5, Severity.MEDIUM: 2, Severity.LOW: 1}

FORMULA = {
    "score": "100 × Σ weight × compliant ÷ Σ weight × (compliant + non_compliant) over rules, accounts and regions; "
    "the weight is that of the rule's severity; waived, not applicable, excluded and unknown resources do not count",
    "coverage": "100 × evaluated ÷ (evaluated + unknown)",
    "rounding": "truncated to one decimal; null if nothing was evaluated",
    "weights": {str(severity): weight for severity, weight in WEIGHTS.items()},
}

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Part:
    """The counts of one rule in one account and region."""

    rule: str
    severity: Severity
    category: str
    account: str
    region: str
    counts: Counts


def parts(report: Mapping[str, Any]) -> Iterator[Part]:
    """Yields the parts of a report."""
    for row in report["rules"]:
        for place in row["places"]:
            counts = {name: place[name] for name in report["totals"]}
            yield Part(
                row["rule"], Severity(row["severity"]), row["category"], place["account"], place["region"], counts
            )


def figures(some: Iterable[Part]) -> dict[str, Any]:
    """Returns score, coverage and summed counts of some parts."""
    total: Counter[str] = Counter()
    passed = weight = 0
    for part in some:
        total.update(part.counts)
        passed += WEIGHTS[part.severity] * part.counts["compliant"]
        weight += WEIGHTS[part.severity] * (part.counts["compliant"] + part.counts["non_compliant"])
    evaluated, unknown = total["evaluated"], total["unknown"]
    return {"score": percent(passed, weight), "coverage": percent(evaluated, evaluated + unknown), **total}


def by(some: Iterable[Part], key: Callable[[Part], str]) -> dict[str, dict[str, Any]]:
    """Returns the figures of each group of parts with the same key."""
    groups: dict[str, list[Part]] = {}
    for part in some:
        groups.setdefault(str(key(part)), []).append(part)
    return {group: figures(groups[group]) for group in sorted(groups)}


def percent(part: int, whole: int) -> float | None:
    """Returns a percentage, truncated to one decimal; None if `whole` is zero."""
    return part * 1000 // whole / 10 if whole else None
