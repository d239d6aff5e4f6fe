"""The audit trail as it lies in the bucket: one JSON object per record, each with the SHA-256 of the record before it.

A record's number is its key, and S3 writes it only if no object is there (If-None-Match): whoever else writes, no
number is taken twice, and the chain is never forked. The head, in the journal, says where the trail ends; it may be
behind, and stays when the records before it have expired.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from handlers.common.stores.journal import HEAD, Journal

Document = dict[str, Any]

BEGINNING = "0" * 64
"""What the first record has in place of the hash of one before it."""


@dataclass(frozen=True)
class Head:
    """The last record of a trail; of an empty one, number 0."""

    sequence: int = 0
    sha256: str = BEGINNING

    @property
    def mark(self) -> str:
        """As people pass it on: number and hash."""
        return f"{self.sequence}:{self.sha256}"


@dataclass(frozen=True)
class Chain:
    """The records in a bucket, with their head in a journal."""

    bucket: str
    journal: Journal

    def noted(self) -> Head | None:
        """Returns the last record that the journal knows, after which there may be others; None if it knows none."""
        held = self.journal.get(HEAD)
        return Head(int(held["sequence"]), str(held["sha256"])) if held else None

    def note(self, head: Head) -> None:
        """Moves the head on; never backwards, for a slower writer's head is older."""
        self.journal.advance(HEAD, "sequence", head.sequence, {"sha256": head.sha256})


def canonical(document: Any) -> bytes:
    """JSON with sorted keys and without blanks, so that equal records are equal text."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(body: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(body).hexdigest()


def opened(body: bytes) -> Document:
    """Returns the record in an object; None if it is none: anyone with permissions may have put it there."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
