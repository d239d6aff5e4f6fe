"""Verification of a copy of the audit trail: no record is changed, moved or missing.

A record contains the hash of the previous one, so the next record reveals a change. A change of the last record, and
records removed after it, are revealed only by an anchor: a head stored elsewhere, in a score or daily summary.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.common.runtime import clock
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores.audit_chain import BEGINNING, Head, digest, opened
from handlers.common.stores.report_bucket import record_key, record_sequence

REQUIRED = {"schema_version", "sequence", "previous_sha256", "at", "kind", "who", "what", "why"}

SLACK = timedelta(days=2)
"""S3 deletes expired objects once a day, and the next record may be some hours younger."""


@dataclass(frozen=True)
class Anchor:
    """A head of the trail, the source that stores it, and the time of storage, empty if unknown."""

    head: Head
    source: str
    at: str = ""


@dataclass(frozen=True)
class Retention:
    """The retention of records in days, as of the time `now`."""

    days: int
    now: datetime

    @property
    def since(self) -> str:
        """The latest possible time of the oldest record."""
        return clock.stamp(self.now - timedelta(days=self.days) + SLACK)


class AnchorError(ComplianceMonitorError, ValueError):
    """A string is not a head of a trail."""


def anchor(mark: str) -> Anchor:
    """Returns the anchor for a head `number:hash` from the daily summary; raises AnchorError."""
    match = re.fullmatch(r"(\d{1,12}):([0-9a-f]{64})", mark)
    if match is None:
        raise AnchorError(f"{mark!r} is not a head: allowed: number:hash, as at the end of the daily summary")
    return Anchor(Head(int(match[1]), match[2]), "the given head")


def anchors_of(scores: Mapping[str, bytes]) -> Iterator[Anchor]:
    """Yields the heads stored in scores."""
    for name, body in sorted(scores.items()):
        score = opened(body)
        stored, at = score.get("audit"), score.get("generated_at")
        if isinstance(stored, dict) and isinstance(stored.get("sequence"), int):
            head = Head(stored["sequence"], _text(stored.get("sha256")))
            yield Anchor(head, name, _text(at))


@dataclass(frozen=True)
class Verification:
    """The problems of a trail, notes on it, and the head of its last record."""

    broken: tuple[str, ...]
    notes: tuple[str, ...]
    records: int
    head: Head


def verify(files: Mapping[str, bytes], anchors: Iterable[Anchor], retention: Retention | None = None) -> Verification:
    """Verifies the objects of a trail, given by their keys; `retention` determines which records can have expired."""
    found = {number: body for key, body in files.items() if (number := record_sequence(key)) is not None}
    listed = sorted(anchors, key=lambda each: each.head.sequence)
    head = Head(max(found), digest(found[max(found)])) if found else Head()
    broken = [f"{key} is not a record of the trail" for key in sorted(files) if record_sequence(key) is None]
    removed = list(_removed(found, listed, retention)) if retention and found else []
    broken += [*_forms(found), *removed, *_gaps(found), *_links(found), *_anchored(found, listed)]
    notes = tuple(_notes(found, listed, expired=not removed))
    return Verification(tuple(dict.fromkeys(broken)), notes, len(found), head)


def _forms(found: Mapping[int, bytes]) -> Iterator[str]:
    for number, body in sorted(found.items()):
        record = opened(body)
        if not record.keys() >= REQUIRED or type(record["sequence"]) is not int:
            yield f"record {number} was changed: it is not a valid record"
        elif record["sequence"] != number:
            yield f"record {number} was changed: its number is {record['sequence']}"


def _removed(found: Mapping[int, bytes], anchors: Iterable[Anchor], retention: Retention) -> Iterator[str]:
    """Yields a problem if records before the first one are missing that cannot have expired.

    They can have expired if a score old enough has the last of them as its head: no record followed for a long time.
    """
    first = min(found)
    at = _text(opened(found[first]).get("at"))
    anchored = (each.head.sequence >= first - 1 and "" < each.at <= retention.since for each in anchors)
    if first > 1 and not "" < at <= retention.since and not any(anchored):
        missing = "record 1 was" if first == 2 else f"records 1 to {first - 1} were"
        yield (
            f"{missing} removed before they expired: records are retained for {retention.days} days, and record "
            f"{first} is of {at or 'no time'} (or no record was written for a long time before it)"
        )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _gaps(found: Mapping[int, bytes]) -> Iterator[str]:
    numbers = sorted(found)
    for before, after in itertools.pairwise(numbers):
        if after - before == 2:
            yield f"record {before + 1} was removed"
        elif after - before > 2:
            yield f"records {before + 1} to {after - 1} were removed"


def _links(found: Mapping[int, bytes]) -> Iterator[str]:
    """Yields the changed records: a record with both links broken, or otherwise the one before a broken link."""
    loose = {
        number
        for number, body in found.items()
        if number - 1 in found and opened(body).get("previous_sha256") != digest(found[number - 1])
    }
    for number in sorted(loose):
        if number + 1 in loose:
            yield f"record {number} was changed: the hashes of the previous and of the next record do not match"
        elif number - 1 not in loose:
            last = f", or record {number} itself" if number + 1 not in found else ""
            yield f"record {number - 1} was changed: record {number} has a different hash of it{last}"
    if 1 in found and opened(found[1]).get("previous_sha256") != BEGINNING:
        yield "record 1 was changed: it is not marked as the first record"


def _anchored(found: Mapping[int, bytes], anchors: Iterable[Anchor]) -> Iterator[str]:
    last = max(found, default=0)
    for each in anchors:
        number = each.head.sequence
        if number > last:
            removed = f"all records after {last}" if last else "all records"
            yield f"{removed} were removed: {each.source} refers to record {number}"
        elif number in found and digest(found[number]) != each.head.sha256:
            yield f"record {number} was changed: {each.source} has a different hash of it"
        elif number + 1 in found and opened(found[number + 1]).get("previous_sha256") != each.head.sha256 and number:
            yield f"record {number + 1} was changed: {each.source} has a different hash of the previous record"


def _notes(found: Mapping[int, bytes], anchors: list[Anchor], *, expired: bool) -> Iterator[str]:
    if not found:
        yield "there are no records"
        return
    first, last = min(found), max(found)
    if first > 1 and expired:
        yield f"begins with {record_key(first)}: earlier records have expired"
    highest = max((each.head.sequence for each in anchors), default=0)
    if highest < last:
        since = f"records after {highest}" if highest else "records"
        yield f"{since} are not anchored: a change of the last one, or removed records after it, cannot be detected"
