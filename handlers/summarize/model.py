"""The model of a day's summary, computed from its score, for mail, page and JSON.

It has numbers and names; texts depend on the language. Equal scores give equal models.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from handlers import __version__
from handlers.common.runtime.naming import deployment_label
from handlers.cost import estimate as cost
from handlers.cost import prices
from handlers.summarize import parts
from handlers.summarize.decisions import Decision, Remediations, decisions_of, remediations_of
from handlers.summarize.parts import Audit, Change, Day, Finding, Group, Open, Problem
from handlers.summarize.texts.base import printable
from handlers.summarize.usage import usage_of

Document = dict[str, Any]

SCHEMA_VERSION = 1


class Standing(StrEnum):
    """The overall state of the day."""

    NOTHING_EVALUATED = "NOTHING_EVALUATED"
    OVERDUE = "OVERDUE"
    OPEN = "OPEN"
    CLEAR = "CLEAR"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The summary of a day. Values are None without evaluation results, or without a day to compare with."""

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
    waived: int
    excluded: int
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
    remediations: tuple[Remediations, ...]
    unused_waivers: tuple[str, ...]
    severities: tuple[Open, ...]
    complete: bool
    reports_found: int
    reports_expected: int
    problems: tuple[Problem, ...]
    audit: Audit
    monthly_usd: int
    prices_dated: str
    titles: Mapping[str, str]

    @classmethod
    def of(cls, score: Mapping[str, Any], titles: Mapping[str, str]) -> Self:
        """Returns the summary of a score document, with the rules' titles in the readers' language."""
        total, completeness, remediations = (
            score["total"],
            score["completeness"],
            remediations_of(score["remediations"]),
        )
        severities = tuple(parts.severities(score))
        return cls(
            **{name: score[name] for name in ("day", "environment", "environment_suffix", "account", "deltas")},
            **{name: completeness[name] for name in ("complete", "reports_found", "reports_expected")},
            **{name: total[name] for name in ("score", "coverage", "evaluated", "compliant", "non_compliant")},
            **{name: total[name] for name in ("not_applicable", "waived", "excluded", "unknown")},
            report_key=score["report"]["key"],
            as_of=score["report"]["scheduled_at"],
            weights=score["formula"]["weights"],
            standing=_standing(total["score"], severities),
            open_findings=sum(each.findings for each in severities),
            overdue_findings=sum(each.overdue for each in severities),
            decisions=decisions_of(score, remediations),
            history=tuple(Day(each["day"], each["score"], each["complete"]) for each in score["history"]),
            categories=parts.groups(score["categories"]),
            accounts=tuple(sorted(parts.groups(score["accounts"]), key=parts.worst_first)),
            changes_since=score["changes"]["since"],
            changes=parts.changes(score["changes"]),
            worst=tuple(map(Finding.of, score["worst"])),
            overdue=tuple(map(Finding.of, score["overdue"])),
            remediations=remediations,
            unused_waivers=tuple(each["id"] for each in score["waivers"] if each["findings"] == 0),
            severities=severities,
            problems=tuple(parts.problems(completeness["problems"])),
            audit=parts.audit(score),
            monthly_usd=round(cost.total(cost.estimate(usage_of(score)))),
            prices_dated=prices.DATED,
            titles=titles,
        )

    @property
    def date(self) -> date:
        """The day as a date."""
        return date.fromisoformat(self.day)

    @property
    def deployment(self) -> str:
        """The label of the deployment, for example `dev-ew1`."""
        return deployment_label(self.environment, self.environment_suffix)

    def title(self, rule: str) -> str:
        """Returns the rule's title, or the name of an unknown rule."""
        return self.titles.get(rule) or printable(rule)

    def to_document(self) -> Document:
        """Returns the JSON document, without titles."""
        fields = asdict(self)
        del fields["titles"]
        return {"schema_version": SCHEMA_VERSION, "version": __version__} | fields


def _standing(score: float | None, severities: tuple[Open, ...]) -> Standing:
    if any(each.overdue for each in severities):
        return Standing.OVERDUE
    if any(each.findings for each in severities):
        return Standing.OPEN
    return Standing.NOTHING_EVALUATED if score is None else Standing.CLEAR
