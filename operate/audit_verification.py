"""Whether a copy of the audit trail is whole: every record unchanged, in its place, and none missing.

A record holds the hash of the one before it. So a change of any shows in the next; a change of the last, and records
cut off behind it, only by an anchor: a head that was noted elsewhere, in a score or in the daily summary.
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

NEEDED = {"schema_version", "sequence", "previous_sha256", "at", "kind", "who", "what", "why"}

SLACK = timedelta(days=2)
"""S3 removes what has expired once a day, and the next record may be some hours younger."""


@dataclass(frozen=True)
class Anchor:
    """A head of the trail, where it was noted, and when: empty if that is not known."""

    head: Head
    source: str
    at: str = ""


@dataclass(frozen=True)
class Kept:
    """How many days records stay, as of a moment."""

    days: int
    now: datetime

    @property
    def since(self) -> str:
        """Of when the oldest records are at the latest."""
        return clock.stamp(self.now - timedelta(days=self.days) + SLACK)


class AnchorError(ComplianceMonitorError, ValueError):
    """A text that is no head of a trail."""


def anchor(mark: str) -> Anchor:
    """From `number:hash` as the summary has it; raises AnchorError."""
    found = re.fullmatch(r"(\d{1,12}):([0-9a-f]{64})", mark)
    if found is None:
        raise AnchorError(f"{mark!r} is no head: allowed: number:hash, as at the end of the daily summary")
    return Anchor(Head(int(found[1]), found[2]), "the head that was given")


def anchors_of(scores: Mapping[str, bytes]) -> Iterator[Anchor]:
    """Yields the heads that scores have noted."""
    for name, body in sorted(scores.items()):
        score = opened(body)
        noted, at = score.get("audit"), score.get("generated_at")
        if isinstance(noted, dict) and isinstance(noted.get("sequence"), int):
            head = Head(noted["sequence"], _text(noted.get("sha256")))
            yield Anchor(head, name, _text(at))


@dataclass(frozen=True)
class Verification:
    """What is wrong, and what is to be known besides; `head` is of the last record that is there."""

    broken: tuple[str, ...]
    notes: tuple[str, ...]
    records: int
    head: Head


def verify(files: Mapping[str, bytes], anchors: Iterable[Anchor], kept: Kept | None = None) -> Verification:
    """Checks the objects of a trail by their keys; `kept` says which records cannot have expired."""
    found = {number: body for key, body in files.items() if (number := record_sequence(key)) is not None}
    listed = sorted(anchors, key=lambda each: each.head.sequence)
    head = Head(max(found), digest(found[max(found)])) if found else Head()
    broken = [f"{key} is no record of the trail" for key in sorted(files) if record_sequence(key) is None]
    removed = list(_removed(found, listed, kept)) if kept and found else []
    broken += [*_forms(found), *removed, *_gaps(found), *_links(found), *_anchored(found, listed)]
    notes = tuple(_notes(found, listed, expired=not removed))
    return Verification(tuple(dict.fromkeys(broken)), notes, len(found), head)


def _forms(found: Mapping[int, bytes]) -> Iterator[str]:
    for number, body in sorted(found.items()):
        record = opened(body)
        if not record.keys() >= NEEDED or type(record["sequence"]) is not int:
            yield f"record {number} was changed: it is no record any more"
        elif record["sequence"] != number:
            yield f"record {number} was changed: it says that it is record {record['sequence']}"


def _removed(found: Mapping[int, bytes], anchors: Iterable[Anchor], kept: Kept) -> Iterator[str]:
    """Records before the first that is there, if they were too young to expire.

    They were not if a score of that time has known the last of them: then none was written for long after it.
    """
    first = min(found)
    at = _text(opened(found[first]).get("at"))
    known = (each.head.sequence >= first - 1 and "" < each.at <= kept.since for each in anchors)
    if first > 1 and not "" < at <= kept.since and not any(known):
        gone = "record 1 was" if first == 2 else f"records 1 to {first - 1} were"
        yield (
            f"{gone} removed before the time: records stay {kept.days} days, and record {first} is of "
            f"{at or 'no time'} (or nothing was recorded for long before it)"
        )


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""


def _gaps(found: Mapping[int, bytes]) -> Iterator[str]:
    numbers = sorted(found)
    for before, after in itertools.pairwise(numbers):
        if after - before == 2:
            yield f"record {before + 1} was removed"
        elif after - before > 2:
            yield f"records {before + 1} to {after - 1} were removed"


def _links(found: Mapping[int, bytes]) -> Iterator[str]:
    """Yields the changed records: one with both links broken, or else the one before a broken link."""
    loose = {
        number
        for number, body in found.items()
        if number - 1 in found and opened(body).get("previous_sha256") != digest(found[number - 1])
    }
    for number in sorted(loose):
        if number + 1 in loose:
            yield f"record {number} was changed: neither the one before it nor the one behind it fits"
        elif number - 1 not in loose:
            last = f", or record {number} itself" if number + 1 not in found else ""
            yield f"record {number - 1} was changed: record {number} has another hash of it{last}"
    if 1 in found and opened(found[1]).get("previous_sha256") != BEGINNING:
        yield "record 1 was changed: it does not say that it is the first"


def _anchored(found: Mapping[int, bytes], anchors: Iterable[Anchor]) -> Iterator[str]:
    last = max(found, default=0)
    for each in anchors:
        number = each.head.sequence
        if number > last:
            where = f"behind record {last}" if last else "whole"
            yield f"the trail was cut off {where}: {each.source} has known record {number}"
        elif number in found and digest(found[number]) != each.head.sha256:
            yield f"record {number} was changed: {each.source} has another hash of it"
        elif number + 1 in found and opened(found[number + 1]).get("previous_sha256") != each.head.sha256 and number:
            yield f"record {number + 1} was changed: it does not follow what {each.source} has known"


def _notes(found: Mapping[int, bytes], anchors: list[Anchor], *, expired: bool) -> Iterator[str]:
    if not found:
        yield "there are no records"
        return
    first, last = min(found), max(found)
    if first > 1 and expired:
        yield f"begins with {record_key(first)}: what came before has expired"
    highest = max((each.head.sequence for each in anchors), default=0)
    if highest < last:
        since = f"records behind {highest}" if highest else "records"
        yield f"{since} are not anchored: a change of the last one, or a cut behind it, cannot be detected"
