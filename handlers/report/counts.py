"""What was read, counted: for every rule, account and region, with what does not add up.

Counts obey evaluated = compliant + non_compliant + waived + not_applicable, and
discovered + undiscovered = evaluated + excluded + unknown. A discovered resource without a result is unknown, never
compliant; undiscovered are resources on which a result stands although the aggregator does not list them.
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
"""In place of a compliance type: non-compliant, under a waiver in force."""

EXCLUDED = "excluded"
"""In place of any: the rule is not applied to the resource."""

NAMES = (
    *("discovered", "undiscovered", "evaluated", "compliant", "non_compliant", "waived", "not_applicable"),
    *("excluded", "unknown"),
)


@dataclass(frozen=True)
class Tally:
    """One rule in one account and region; `last_evaluated_at` is None if no result has it."""

    rule: Rule
    account: str
    region: str
    counts: Counts
    last_evaluated_at: datetime | None
    readable: bool

    def silent(self, now: datetime) -> bool:
        """Returns whether the rule has evaluated nothing for longer than the time between two evaluations."""
        if not self.readable or not self.counts["discovered"]:
            return False
        return self.last_evaluated_at is None or now - self.last_evaluated_at > SILENT_AFTER


def tallies(workspace: Workspace, rules: Mapping[str, Rule]) -> list[Tally]:
    """Returns every rule in every account and region, in the order in which they were found."""
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


def _counts(found: Counter[tuple[str | None, int]]) -> Counts:
    def of(compliance: str) -> int:
        return found[compliance, 0] + found[compliance, 1]

    evaluated = of(COMPLIANT) + of(NON_COMPLIANT) + of(WAIVED) + of(NOT_APPLICABLE)
    discovered = sum(count for (_, is_discovered), count in found.items() if is_discovered)
    return {
        "discovered": discovered,
        "undiscovered": found.total() - discovered,
        "evaluated": evaluated,
        "compliant": of(COMPLIANT),
        "non_compliant": of(NON_COMPLIANT),
        "waived": of(WAIVED),
        "not_applicable": of(NOT_APPLICABLE),
        "excluded": of(EXCLUDED),
        "unknown": found.total() - evaluated - of(EXCLUDED),
    }


def added(counts: Iterable[Counts]) -> Counts:
    """Returns the sum of counts, name by name."""
    total = Counter(dict.fromkeys(NAMES, 0))
    for each in counts:
        total.update(each)
    return dict(total)


def grouped(tallies: Iterable[Tally], key: Callable[[Tally], str]) -> dict[str, Counts]:
    """Returns the counts by category, severity or whatever else the key gives."""
    listed = list(tallies)
    return {
        group: added(tally.counts for tally in listed if key(tally) == group) for group in sorted(set(map(key, listed)))
    }


def problems(
    workspace: Workspace, tallies: Iterable[Tally], own_account: str, now: datetime
) -> Iterator[dict[str, Any]]:
    """Yields why the report is incomplete: reads that failed, sums that do not match, rules that are silent.

    An evaluation can be started every six hours in the own account only: in others a rule may well be silent for long.
    """
    for read, error in workspace.failures():
        rule = read.subject if read.kind in BY_RULE else None
        yield _problem(ProblemKind.READ_FAILED, rule, read.account or None, read.region or None, f"{read}: {error}")
    for tally in tallies:
        place = tally.rule.name, tally.account, tally.region
        if stray := tally.counts["undiscovered"]:
            detail = f"{stray} resources have a result and are not among the discovered ones"
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
