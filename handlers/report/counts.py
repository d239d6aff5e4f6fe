"""Counts of evaluation results by rule, account and region, and their inconsistencies.

evaluated = compliant + non_compliant + waived + not_applicable, and
discovered + undiscovered = evaluated + excluded + unknown. A discovered resource without a result is unknown, never
compliant. Undiscovered resources have a result, but the aggregator does not list them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.common.model.cadence import SILENT_AFTER
from handlers.common.model.events import COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE
from handlers.common.model.problem import ProblemKind
from handlers.common.model.rule import Rule
from handlers.common.runtime.clock import stamp
from handlers.report.reads import BY_RULE, Kind
from handlers.report.workspace import Workspace, moment

Counts = dict[str, int]

WAIVED = "waived"
"""In place of a compliance type: non-compliant, with a waiver in force."""

EXCLUDED = "excluded"
"""In place of any compliance type: the resource is excluded from the rule."""

NAMES = (
    *("discovered", "undiscovered", "evaluated", "compliant", "non_compliant", "waived", "not_applicable"),
    *("excluded", "unknown"),
)


@dataclass(frozen=True)
class Tally:
    """The counts of one rule in one account and region; `last_evaluated_at` is None without results."""

    rule: Rule
    account: str
    region: str
    counts: Counts
    last_evaluated_at: datetime | None
    readable: bool

    def silent(self, now: datetime) -> bool:
        """Returns whether the rule's last evaluation is older than SILENT_AFTER."""
        if not self.readable or not self.counts["discovered"]:
            return False
        return self.last_evaluated_at is None or now - self.last_evaluated_at > SILENT_AFTER


def tallies(workspace: Workspace, rules: Mapping[str, Rule]) -> list[Tally]:
    """Returns the tally of every rule in every account and region, in the order of the reads."""
    by_scope: dict[tuple[str, ...], Counter[tuple[str | None, int]]] = {}
    grouped = f"""
        SELECT rule, account, region, discovered, count(*),
            iif(exclusion IS NOT NULL, '{EXCLUDED}', iif(waiver IS NOT NULL, '{WAIVED}', compliance))
        FROM evaluation_results GROUP BY 1, 2, 3, 4, 6
    """
    for *scope, discovered, count, compliance in workspace.rows(grouped):
        by_scope.setdefault(tuple(scope), Counter())[compliance, discovered] = count
    failed = {read.scope for read, _ in workspace.failures() if read.kind in BY_RULE}
    return [
        Tally(
            rule=rules[rule],
            account=account,
            region=region,
            counts=_counts(by_scope.get((rule, account, region), Counter())),
            last_evaluated_at=moment(invoked) if invoked else None,
            readable=(rule, account, region) not in failed,
        )
        for rule, account, region, invoked in workspace.rows(
            "SELECT rule, account, region, invoked FROM scopes ORDER BY rowid"
        )
    ]


def _counts(results: Counter[tuple[str | None, int]]) -> Counts:
    def count_of(compliance: str) -> int:
        return results[compliance, 0] + results[compliance, 1]

    evaluated = count_of(COMPLIANT) + count_of(NON_COMPLIANT) + count_of(WAIVED) + count_of(NOT_APPLICABLE)
    discovered = sum(count for (_, is_discovered), count in results.items() if is_discovered)
    return {
        "discovered": discovered,
        "undiscovered": results.total() - discovered,
        "evaluated": evaluated,
        "compliant": count_of(COMPLIANT),
        "non_compliant": count_of(NON_COMPLIANT),
        "waived": count_of(WAIVED),
        "not_applicable": count_of(NOT_APPLICABLE),
        "excluded": count_of(EXCLUDED),
        "unknown": results.total() - evaluated - count_of(EXCLUDED),
    }


def added(counts: Iterable[Counts]) -> Counts:
    """Returns the sum of counts, name by name."""
    total = Counter(dict.fromkeys(NAMES, 0))
    for each in counts:
        total.update(each)
    return dict(total)


def grouped(tallies: Iterable[Tally], key: Callable[[Tally], str]) -> dict[str, Counts]:
    """Returns the sums of counts by the key of each tally, for example its category."""
    listed = list(tallies)
    return {
        group: added(tally.counts for tally in listed if key(tally) == group) for group in sorted(set(map(key, listed)))
    }


def problems(
    workspace: Workspace, tallies: Iterable[Tally], own_account: str, now: datetime
) -> Iterator[dict[str, Any]]:
    """Yields the reasons why the report is incomplete: failed reads, mismatched sums, silent rules.

    Rules of other accounts are never silent, because evaluations are started in the own account only.
    """
    for read, error in workspace.failures():
        rule = read.subject if read.kind in BY_RULE else None
        yield _problem(ProblemKind.READ_FAILED, rule, read.account or None, read.region or None, f"{read}: {error}")
    for tally in tallies:
        place = tally.rule.name, tally.account, tally.region
        if undiscovered := tally.counts["undiscovered"]:
            detail = f"{undiscovered} resources have an evaluation result, but the aggregator does not list them"
            yield _problem(ProblemKind.SUM_MISMATCH, *place, detail)
        if tally.account == own_account and tally.silent(now):
            last = stamp(tally.last_evaluated_at) if tally.last_evaluated_at else "never"
            yield _problem(ProblemKind.RULE_SILENT, *place, f"last evaluated: {last}")
    yield from _miscounted(workspace)


def _miscounted(workspace: Workspace) -> Iterator[dict[str, Any]]:
    failed = {(read.region, read.subject) for read, _ in workspace.failures() if read.kind == Kind.DISCOVERED}
    query = """
        SELECT c.region, c.type, c.total, count(d.id)
        FROM counted c LEFT JOIN discovered d ON d.region = c.region AND d.type = c.type
        GROUP BY 1, 2, 3 ORDER BY 1, 2
    """
    for region, resource_type, total, listed in workspace.rows(query):
        if total != listed and (region, resource_type) not in failed:
            detail = f"{resource_type}: the aggregator counts {total} resources and lists {listed}"
            yield _problem(ProblemKind.SUM_MISMATCH, None, None, region, detail)


def _problem(
    kind: ProblemKind, rule: str | None, account: str | None, region: str | None, detail: str
) -> dict[str, Any]:
    return {"kind": str(kind), "rule": rule, "account": account, "region": region, "detail": detail}
