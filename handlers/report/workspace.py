"""The data that a report has read, in an SQLite file: memory is bounded, and the next invocation can continue with it.

One transaction stores a page together with the token of the next, so that the file has complete pages only.
Times are milliseconds since the epoch. SQLite is part of Lambda's Python.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handlers.common.model.finding import Finding, finding_id, parts_of
from handlers.common.model.results import Result
from handlers.common.model.rule import ACCOUNT_TYPE, Rule
from handlers.common.model.waiver import Scope
from handlers.common.runtime import clock
from handlers.report.reads import BY_RULE, Discovered, Kind, Page, Read, Waived
from handlers.report.schema import READ, SCHEMA, TAKE_COUNT, TAKE_EVALUATED, TAKE_RESULT, TAKE_WAIVED, VERSION

MOST_TRIES = 2
"""Maximum attempts of a read in all parts of a run, so that a region that cannot be read does not block the report."""


class Workspace:
    """The file of one report. It also has the list of reads, to which some reads add others."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file, isolation_level=None)
        # A failed invocation discards the file, so it need not be durable.
        self._database.executescript("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE")

    def prepare(
        self, rules: Mapping[str, Rule], reads: Sequence[Read], scopes: Iterable[Scope], waived: Sequence[Waived]
    ) -> None:
        """Creates the tables of an empty file; `waived` has the waivers and exclusions with a named resource."""
        self._database.executescript(SCHEMA)
        with self._transaction():
            rule_types = [
                (rule.name, each, each in rule.recorded_types)
                for rule in rules.values()
                for each in rule.resource_types
            ]
            self._many("INSERT INTO rule_types VALUES (?, ?, ?)", rule_types)
            self._many("INSERT INTO known VALUES (?)", [(each.id,) for each in scopes])
            self._waive(waived)
            self._add(reads)

    def close(self) -> None:
        """Closes the file, after which it is complete on disk."""
        self._database.close()

    def open_read(self) -> tuple[int, Read, str | None] | None:
        """Returns the next unfinished read with its number and its next page's token; None after the last."""
        row = self.one(f"SELECT {READ}, number, token FROM reads WHERE NOT done ORDER BY number LIMIT 1")
        return None if row is None else (row[-2], _read(row), row[-1])

    def take(self, number: int, page: Page) -> None:
        """Stores a page of a read."""
        read = self._read(number)
        with self._transaction():
            self._add(page.reads)
            if read.kind in BY_RULE:
                self._take_results(read, page.results)
            self._take_resources(read, page.resources)
            columns = ", ".join("?" * 16)
            self._many(f"INSERT OR REPLACE INTO findings VALUES ({columns})", list(map(_finding_row, page.findings)))
            self._waive(page.waived)
            opened = [(each, *parts_of(each)) for each in page.open_cases]
            self._many("INSERT OR REPLACE INTO open_cases VALUES (?, ?, ?, ?, ?, ?)", opened)
            self._many(
                TAKE_EVALUATED, [(millis(at), rule, read.account, region) for rule, region, at in page.evaluated]
            )
            if read.kind == Kind.COUNT:
                self._do(TAKE_COUNT, read.region, read.subject, page.count)
            self._do("UPDATE reads SET token = ?, done = ? WHERE number = ?", page.token, page.token is None, number)

    def give_up(self, number: int, error: str) -> None:
        """Marks a read as failed and deletes its pages, because they are incomplete."""
        with self._transaction():
            self._forget(self._read(number))
            self._do("UPDATE reads SET done = 1, error = ?, tries = tries + 1 WHERE number = ?", error, number)

    def try_again(self) -> bool:
        """Reopens the failed reads; returns False if there is none with attempts left.

        Reads of the same rule, account and region are reopened too, because their results were deleted.
        """
        failed = f"error IS NOT NULL AND tries < {MOST_TRIES}"
        reads = [_read(row) for row in self.rows(f"SELECT {READ} FROM reads WHERE {failed}")]
        again = "UPDATE reads SET done = 0, token = NULL, error = NULL WHERE"
        kinds = ", ".join(f"'{kind}'" for kind in BY_RULE)
        with self._transaction():
            self._do(f"{again} {failed}")
            scopes = [read.scope for read in reads if read.kind in BY_RULE]
            self._many(
                f"{again} error IS NULL AND kind IN ({kinds}) AND subject = ? AND account = ? AND region = ?", scopes
            )
        return bool(reads)

    def start_over(self, number: int) -> None:
        """Deletes the token of a read, so that it restarts with the first page. A count, which adds up, is deleted."""
        with self._transaction():
            if (read := self._read(number)).kind == Kind.COUNT:
                self._forget(read)
            self._do("UPDATE reads SET token = NULL WHERE number = ?", number)

    def failures(self) -> list[tuple[Read, str]]:
        """Returns the failed reads with their errors."""
        rows = self.rows(f"SELECT {READ}, error FROM reads WHERE error IS NOT NULL ORDER BY number")
        return [(_read(row), row[-1]) for row in rows]

    def rows(self, query: str, *arguments: Any) -> Iterator[Any]:
        """Yields a query's rows, one by one."""
        yield from self._database.execute(query, arguments)

    def one(self, query: str, *arguments: Any) -> Any:
        """Returns a query's first row, or None."""
        return self._database.execute(query, arguments).fetchone()

    def _waive(self, waived: Sequence[Waived]) -> None:
        self._many(TAKE_WAIVED, waived)
        self._many("INSERT OR IGNORE INTO covered VALUES (?, ?)", [(finding, scope) for finding, scope, _ in waived])

    def _read(self, number: int) -> Read:
        return _read(self.one(f"SELECT {READ} FROM reads WHERE number = ?", number))

    def _add(self, reads: Sequence[Read]) -> None:
        """Adds reads, and the scopes of reads of results."""
        rows = [(each.kind, each.subject, each.region, each.account, each.config_rule) for each in reads]
        self._many(f"INSERT OR IGNORE INTO reads ({READ}) VALUES (?, ?, ?, ?, ?)", rows)
        self._add_scopes([(each.subject, each.account, each.region) for each in reads if each.kind == Kind.RESULTS])

    def _add_scopes(self, scopes: Iterable[tuple[str, str, str]]) -> None:
        rows = [(*scope, finding_id(*scope, "", "")[:-1]) for scope in scopes]
        self._many("INSERT OR IGNORE INTO scopes (rule, account, region, prefix) VALUES (?, ?, ?, ?)", rows)
        # AWS Config does not discover accounts.
        self._do(
            "INSERT OR IGNORE INTO discovered SELECT region, account, ?1, account, NULL FROM scopes "
            "JOIN rule_types USING (rule) WHERE type = ?1",
            ACCOUNT_TYPE,
        )

    def _forget(self, read: Read) -> None:
        if read.kind in BY_RULE:
            self._do("DELETE FROM results WHERE scope = ?", self._scope(read))
        if read.kind == Kind.DISCOVERED:
            self._do("DELETE FROM discovered WHERE region = ? AND type = ?", read.region, read.subject)
        if read.kind == Kind.COUNT:
            self._do("DELETE FROM counted WHERE region = ? AND type = ?", read.region, read.subject)
        if read.kind == Kind.FINDINGS:
            self._do("DELETE FROM findings")
        if read.kind == Kind.OPEN_CASES:
            self._do("DELETE FROM open_cases")

    def _take_resources(self, read: Read, resources: Sequence[Discovered]) -> None:
        """Stores discovered resources. In an account without evaluations they are unknown."""
        self._many(
            "INSERT OR IGNORE INTO discovered VALUES (?, ?, ?, ?, ?)", [(read.region, *each) for each in resources]
        )
        # Only for rules that are evaluated in the region: under others no resource is unknown.
        evaluated = "SELECT subject FROM reads WHERE kind = ? AND region = ?"
        query = f"SELECT rule FROM rule_types WHERE type = ? AND rule IN ({evaluated})"
        rules = [rule for (rule,) in self.rows(query, read.subject, Kind.RESULTS, read.region)]
        accounts = {account for account, *_ in resources}
        self._add_scopes((rule, account, read.region) for rule in rules for account in sorted(accounts))

    def _take_results(self, read: Read, results: list[Result]) -> None:
        scope = self._scope(read)
        # If another read of the same rule has failed, its results are incomplete.
        if any(failed.scope == read.scope for failed, _ in self.failures() if failed.kind in BY_RULE):
            return
        self._many(
            TAKE_RESULT,
            [(scope, *r.resource, r.compliance_type, millis(r.ordering), millis(r.recorded)) for r in results],
        )
        if results:
            invoked = max(millis(result.invoked) for result in results)
            self._do("UPDATE scopes SET invoked = max(coalesce(invoked, 0), ?) WHERE rowid = ?", invoked, scope)

    def _scope(self, read: Read) -> int:
        row = self.one("SELECT rowid FROM scopes WHERE rule = ? AND account = ? AND region = ?", *read.scope)
        return int(row[0])

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._database)

    def _do(self, statement: str, *arguments: Any) -> None:
        self._database.execute(statement, arguments)

    def _many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._database.executemany(statement, rows)


def is_of_this_version(file: Path) -> bool:
    """Returns whether a file has the schema of this version."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        version: int = database.execute("PRAGMA user_version").fetchone()[0]
    return version == VERSION


class _Transaction:
    """A transaction; sqlite3's own context manager does not begin one."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._database.execute("COMMIT" if kind is None else "ROLLBACK")


def millis(moment: datetime) -> int:
    """Returns a time as milliseconds since the epoch, truncated like clock.stamp."""
    return round(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000


def moment(milliseconds: int) -> datetime:
    """Returns the UTC time of milliseconds since the epoch."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)


def _read(row: Sequence[Any]) -> Read:
    kind, *rest = row[:5]
    return Read(Kind(kind), *rest)


def _finding_row(finding: Finding) -> Sequence[Any]:
    times = (finding.first_seen, finding.opened_at, finding.resolved_at, finding.alert_claimed_at)
    return (
        finding.finding_id,
        finding.rule,
        finding.account,
        finding.region,
        finding.resource_type,
        finding.resource_id,
        finding.severity,
        finding.status,
        finding.waiver,
        finding.order,
        finding.compliance_type,
        finding.alert_due,
        *(millis(clock.parse(time)) if time else None for time in times),
    )
