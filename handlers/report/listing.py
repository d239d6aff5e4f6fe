"""The findings of a report, written one by one and summed up meanwhile.

Memory is bounded: it has sums by severity, and the first findings of each ranking.
"""

import bisect
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from handlers.common.model.events import COMPLIANCE_TYPES, NON_COMPLIANT
from handlers.common.model.exclusion import PREFIX
from handlers.common.model.finding import Status
from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Rule, Severity
from handlers.common.runtime.clock import stamp
from handlers.report.environment import ReportEnvironment
from handlers.report.workspace import Workspace, millis, moment

Row = dict[str, Any]

LEADERS = 10
A_DAY = timedelta(days=1)
RESOLUTION_PERIOD = timedelta(days=30)

RANK = {severity: rank for rank, severity in enumerate(Severity)}
"""Sort keys of severities, CRITICAL first."""

NON_COMPLIANT_ROWS = f"""
SELECT v.finding, v.rule, v.account, v.region, v.type, v.id, v.name, v.discovered, v.recorded,
       f.first_seen, f.opened, v.waiver
FROM evaluation_results v LEFT JOIN findings f ON f.id = v.finding AND f.status IN ('{Status.OPEN}', '{Status.WAIVED}')
WHERE v.compliance = '{NON_COMPLIANT}' AND v.exclusion IS NULL ORDER BY v.scope, v.type, v.id
"""
UNKNOWN_ROWS = f"""
SELECT finding, rule, account, region, type, id FROM evaluation_results
WHERE (compliance IS NULL OR compliance NOT IN {COMPLIANCE_TYPES}) AND exclusion IS NULL ORDER BY scope, type, id
"""
EXCLUDED_ROWS = """
SELECT finding, rule, account, region, type, id, compliance, exclusion FROM evaluation_results
WHERE exclusion IS NOT NULL ORDER BY scope, type, id
"""
RESOLVED_ROWS = f"""
SELECT id, rule, account, region, type, resource, opened, resolved FROM findings
WHERE status = '{Status.RESOLVED}' AND resolved >= ?
AND NOT EXISTS (SELECT 1 FROM waived w WHERE w.finding = findings.id AND w.waiver LIKE '{PREFIX}%')
ORDER BY resolved DESC, id
"""


@dataclass
class Leaders:
    """The first rows by an order, and the number of all rows, in total and by rule."""

    count: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    _leading: list[tuple[Any, Row]] = field(default_factory=list)

    def add(self, order: tuple[Any, ...], row: Row) -> None:
        """Counts a row, and keeps it if it is among the first LEADERS."""
        self.count += 1
        self.by_rule[row["rule"]] += 1
        bisect.insort(self._leading, ((*order, row["finding_id"]), row), key=lambda each: each[0])
        del self._leading[LEADERS:]

    @property
    def rows(self) -> list[Row]:
        """The first rows, in order."""
        return [row for _, row in self._leading]

    def document(self) -> Row:
        """Returns the total, the counts by rule, and examples."""
        return {"count": self.count, "by_rule": dict(sorted(self.by_rule.items())), "examples": self.rows}


@dataclass
class Ages:
    """Number and ages of the open findings of one severity."""

    findings: int = 0
    overdue: int = 0
    total_seconds: int = 0
    oldest_seconds: int | None = None

    def add(self, row: Row) -> None:
        """Counts a finding."""
        self.findings += 1
        self.overdue += row["overdue"]
        self.total_seconds += row["age_seconds"]
        self.oldest_seconds = max(self.oldest_seconds or 0, row["age_seconds"])

    def document(self, deadline_days: int) -> Row:
        """Returns the report's document; ages are None without open findings."""
        return {
            "findings": self.findings,
            "overdue": self.overdue,
            "mean_age_seconds": self.total_seconds // self.findings if self.findings else None,
            "oldest_age_seconds": self.oldest_seconds,
            "deadline_days": deadline_days,
        }


class Listing:
    """Every non-compliant, unknown or excluded resource of the workspace, at the time `now`."""

    def __init__(
        self, workspace: Workspace, rules: Mapping[str, Rule], environment: ReportEnvironment, now: datetime
    ) -> None:
        self._workspace = workspace
        self._rules = rules
        self._environment = environment
        self._now = now
        self.ages = {severity: Ages() for severity in Severity}
        self.worst, self.overdue, self.opened = Leaders(), Leaders(), Leaders()
        self.waived = self.excluded = self.unknown = 0

    def rows(self) -> Iterator[Row]:
        """Yields the rows. The sums are complete when all rows were read."""
        for *what, name, discovered, recorded, first_seen, opened, waiver in self._workspace.rows(NON_COMPLIANT_ROWS):
            has_finding = opened is not None
            row = self._resource(*what)
            row |= self._age(row["rule"], opened if has_finding else recorded)
            row |= {"remediation": self._remediation(row, name)}
            if waiver is None:
                self._sum_up(row)
            else:
                self.waived += 1
            yield row | {
                "waiver": waiver,
                "compliance_type": NON_COMPLIANT,
                "first_seen": stamp(moment(first_seen if has_finding else recorded)),
                "first_seen_source": "findings_table" if has_finding else "aggregator",
                "evaluated_at": stamp(moment(recorded)),
                "discovered": bool(discovered),
            }
        for what in self._workspace.rows(UNKNOWN_ROWS):
            self.unknown += 1
            yield self._resource(*what) | {"compliance_type": None}
        for *what, compliance, exclusion in self._workspace.rows(EXCLUDED_ROWS):
            self.excluded += 1
            yield self._resource(*what) | {"compliance_type": compliance, "exclusion": exclusion}

    def resolved(self) -> tuple[Leaders, dict[str, Row]]:
        """Returns the findings resolved within a day, and number and mean time of those within 30 days, by severity."""
        recent, seconds = Leaders(), {severity: [0, 0] for severity in Severity}
        for *what, opened, resolved in self._workspace.rows(RESOLVED_ROWS, millis(self._now - RESOLUTION_PERIOD)):
            rule = what[1]
            if rule not in self._rules:
                continue
            sums = seconds[self._rules[rule].severity]
            sums[0] += 1
            sums[1] += (resolved - opened) // 1000
            if resolved >= millis(self._now - A_DAY):
                row = self._resource(*what)
                times = {"opened_at": stamp(moment(opened)), "resolved_at": stamp(moment(resolved))}
                recent.add((RANK[self._rules[rule].severity], -resolved), row | times)
        return recent, {
            str(severity): {"resolved": count, "mean_seconds": total // count if count else None}
            for severity, (count, total) in seconds.items()
        }

    def _sum_up(self, row: Row) -> None:
        severity = Severity(row["severity"])
        self.ages[severity].add(row)
        self.worst.add((RANK[severity], row["opened_at"]), row)
        if row["overdue"]:
            self.overdue.add((RANK[severity], row["due_at"]), row)
        if row["opened_at"] >= stamp(self._now - A_DAY):
            self.opened.add((RANK[severity], row["opened_at"]), row)

    def _resource(self, finding: str, rule: str, account: str, region: str, kind: str, identity: str) -> Row:
        return {
            "finding_id": finding,
            "rule": rule,
            "severity": str(self._rules[rule].severity),
            "category": str(self._rules[rule].category),
            "account": account,
            "region": region,
            "resource_type": kind,
            "resource_id": identity,
        }

    def _age(self, rule: str, opened: int) -> Row:
        since = moment(opened)
        due = since + timedelta(days=self._environment.deadline_days[self._rules[rule].severity])
        age = max(0, int((self._now - since).total_seconds()))
        return {"opened_at": stamp(since), "age_seconds": age, "due_at": stamp(due), "overdue": due < self._now}

    def _remediation(self, row: Row, recorded_name: str | None) -> str:
        """Returns the mode of remediation of a row. Remediations change resources of the own account only."""
        rule = row["rule"]
        if (remediation := self._rules[rule].remediation) is None:
            return "none"
        mode = self._environment.remediation_modes[rule]
        name = remediation.name_of(row["resource_type"], row["resource_id"], recorded_name)
        named = name in self._environment.remediation_scopes[rule]
        in_scope = named and row["account"] == self._environment.account
        return mode if mode == Mode.OFF or in_scope else "out_of_scope"
