"""What a report has read so far, in an SQLite file: memory does not grow with it, and it can be handed on.

Each page is taken in one transaction together with the token of the next, so that a file always holds whole pages.
Times are milliseconds since the epoch. SQLite is part of Lambda's Python.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handlers.common import clock
from handlers.common.findings import Finding, finding_id
from handlers.common.rule import Rule
from handlers.report.reads import BY_RULE, Kind, Page, Read, Result

SCHEMA = """
CREATE TABLE reads (number INTEGER PRIMARY KEY, token TEXT, done INTEGER NOT NULL DEFAULT 0, error TEXT);
CREATE TABLE scopes (rule TEXT, region TEXT, prefix TEXT, invoked INTEGER, PRIMARY KEY (rule, region));
CREATE TABLE judged (rule TEXT, type TEXT, PRIMARY KEY (rule, type)) WITHOUT ROWID;
CREATE TABLE counted (region TEXT, type TEXT, total INTEGER, PRIMARY KEY (region, type));
CREATE TABLE discovered (region TEXT, type TEXT, id TEXT, PRIMARY KEY (region, type, id)) WITHOUT ROWID;
CREATE TABLE results (
    scope INTEGER, type TEXT, id TEXT, compliance TEXT, ordering INTEGER, recorded INTEGER,
    PRIMARY KEY (scope, type, id)
) WITHOUT ROWID;
CREATE TABLE findings (
    id TEXT PRIMARY KEY, rule TEXT, region TEXT, type TEXT, resource TEXT, severity TEXT, status TEXT, position TEXT,
    first_seen INTEGER, opened INTEGER, resolved INTEGER
) WITHOUT ROWID;
CREATE VIEW verdicts AS
    SELECT s.rowid AS scope, s.rule, s.region, s.prefix || d.type || '/' || d.id AS finding, d.type, d.id,
           r.compliance, r.ordering, r.recorded, 1 AS discovered
    FROM scopes s JOIN judged j ON j.rule = s.rule JOIN discovered d ON d.region = s.region AND d.type = j.type
    LEFT JOIN results r ON r.scope = s.rowid AND r.type = d.type AND r.id = d.id
    UNION ALL
    SELECT s.rowid, s.rule, s.region, s.prefix || r.type || '/' || r.id, r.type, r.id,
           r.compliance, r.ordering, r.recorded, 0
    FROM results r JOIN scopes s ON s.rowid = r.scope
    -- What applies no more because it is gone is left out.
    WHERE r.compliance <> 'NOT_APPLICABLE'
    AND NOT EXISTS (SELECT 1 FROM discovered d WHERE d.region = s.region AND d.type = r.type AND d.id = r.id);
"""

# What was learnt later stands: between two reads a result may have changed its kind.
TAKE_RESULT = """
INSERT INTO results VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    compliance = excluded.compliance, ordering = excluded.ordering, recorded = excluded.recorded
WHERE excluded.recorded >= results.recorded
"""


class Workspace:
    """The file, for the reads of one report."""

    def __init__(self, file: Path, reads: Sequence[Read]) -> None:
        self._reads = list(reads)
        self._database = sqlite3.connect(file, isolation_level=None)
        # The file is thrown away if anything happens to it before it is handed on: it need not survive a power cut.
        self._database.executescript("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE")

    def prepare(self, rules: Mapping[str, Rule], account: str) -> None:
        """Makes an empty file ready."""
        self._database.executescript(SCHEMA)
        scopes = [(read.subject, read.region) for read in self._reads if read.kind == Kind.RESULTS]
        with self._transaction():
            self._many("INSERT INTO reads (number) VALUES (?)", [(number,) for number in range(len(self._reads))])
            prefixed = [(rule, region, finding_id(rule, account, region, "", "")[:-1]) for rule, region in scopes]
            self._many("INSERT INTO scopes (rule, region, prefix) VALUES (?, ?, ?)", prefixed)
            judged = [(rule.name, each) for rule in rules.values() for each in rule.resource_types]
            self._many("INSERT INTO judged VALUES (?, ?)", judged)

    def close(self) -> None:
        """Leaves the file complete on disk."""
        self._database.close()

    def open_read(self) -> tuple[int, Read, str | None] | None:
        """The number of the next unfinished read, the read, and the token of its next page; None after the last."""
        found = self.one("SELECT number, token FROM reads WHERE NOT done ORDER BY number LIMIT 1")
        return None if found is None else (found[0], self._reads[found[0]], found[1])

    def take(self, number: int, page: Page) -> None:
        """Takes a page of a read in."""
        read = self._reads[number]
        with self._transaction():
            if read.kind in BY_RULE:
                self._take_results(read, page.results)
            self._many("INSERT OR IGNORE INTO discovered VALUES (?, ?, ?)", [(read.region, *r) for r in page.resources])
            self._many(
                "INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_finding_row(finding) for finding in page.findings],
            )
            if read.kind == Kind.COUNT:
                self._do("INSERT OR REPLACE INTO counted VALUES (?, ?, ?)", read.region, read.subject, page.count)
            self._do("UPDATE reads SET token = ?, done = ? WHERE number = ?", page.token, page.token is None, number)

    def give_up(self, number: int, error: str) -> None:
        """Marks a read as failed and forgets what it gave: half a list must not pass for a whole one."""
        read = self._reads[number]
        with self._transaction():
            if read.kind in BY_RULE:
                self._do("DELETE FROM results WHERE scope = ?", self._scope(read))
            if read.kind == Kind.DISCOVERED:
                self._do("DELETE FROM discovered WHERE region = ? AND type = ?", read.region, read.subject)
            if read.kind == Kind.FINDINGS:
                self._do("DELETE FROM findings")
            self._do("UPDATE reads SET done = 1, error = ? WHERE number = ?", error, number)

    def start_over(self, number: int) -> None:
        """Forgets the token of a read: its pages come again from the first, and what is known of them stays."""
        self._do("UPDATE reads SET token = NULL WHERE number = ?", number)

    def failures(self) -> list[tuple[Read, str]]:
        """The reads that failed, and why."""
        found = self.rows("SELECT number, error FROM reads WHERE error IS NOT NULL ORDER BY number")
        return [(self._reads[number], error) for number, error in found]

    def rows(self, query: str, *arguments: Any) -> Iterator[Any]:
        """A query's rows, one by one."""
        yield from self._database.execute(query, arguments)

    def one(self, query: str, *arguments: Any) -> Any:
        """A query's first row, or None."""
        return self._database.execute(query, arguments).fetchone()

    def _take_results(self, read: Read, results: list[Result]) -> None:
        scope = self._scope(read)
        # Another read of the same rule may have failed before this one: then nothing of it is believed.
        if any(failed.subject == read.subject and failed.region == read.region for failed, _ in self.failures()):
            return
        self._many(
            TAKE_RESULT,
            [(scope, *r.resource, r.compliance_type, millis(r.ordering), millis(r.recorded)) for r in results],
        )
        if results:
            invoked = max(millis(result.invoked) for result in results)
            self._do("UPDATE scopes SET invoked = max(coalesce(invoked, 0), ?) WHERE rowid = ?", invoked, scope)

    def _scope(self, read: Read) -> int:
        found = self.one("SELECT rowid FROM scopes WHERE rule = ? AND region = ?", read.subject, read.region)
        return int(found[0])

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._database)

    def _do(self, statement: str, *arguments: Any) -> None:
        self._database.execute(statement, arguments)

    def _many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._database.executemany(statement, rows)


class _Transaction:
    """All of it or nothing; sqlite3's own context manager does not begin one."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._database.execute("COMMIT" if kind is None else "ROLLBACK")


def millis(moment: datetime) -> int:
    """A moment as milliseconds since the epoch, cut as clock.stamp cuts it."""
    return round(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000


def moment(milliseconds: int) -> datetime:
    """The moment, in UTC."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)


def _finding_row(finding: Finding) -> Sequence[Any]:
    times = (finding.first_seen, finding.opened_at, finding.resolved_at)
    return (
        finding.finding_id,
        finding.rule,
        finding.region,
        finding.resource_type,
        finding.resource_id,
        finding.severity,
        finding.status,
        finding.order,
        *(millis(clock.parse(time)) if time else None for time in times),
    )
