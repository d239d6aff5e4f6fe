"""The audit trail in the report bucket: one JSON object per record, each with the SHA-256 of the preceding record.

A record's key is its number, and S3 writes it only if no such object exists (If-None-Match). So concurrent writers
cannot use a number twice or fork the chain. The journal has the head, the last known record. It may be behind, and
remains when records have expired.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from handlers.common.stores.journal import HEAD, Journal

Document = dict[str, Any]

BEGINNING = "0" * 64
"""The first record's value for the hash of the preceding record."""


@dataclass(frozen=True)
class Head:
    """The last record of a trail; number 0 for an empty trail."""

    sequence: int = 0
    sha256: str = BEGINNING

    @property
    def mark(self) -> str:
        """Number and hash, for operators."""
        return f"{self.sequence}:{self.sha256}"


@dataclass(frozen=True)
class Chain:
    """The records in a bucket, and their head in a journal."""

    bucket: str
    journal: Journal

    def noted(self) -> Head | None:
        """Returns the head in the journal, after which there may be further records; None if there is none."""
        head = self.journal.get(HEAD)
        return Head(int(head["sequence"]), str(head["sha256"])) if head else None

    def note(self, head: Head) -> None:
        """Writes the head to the journal, unless a later one is there from a faster writer."""
        self.journal.advance(HEAD, "sequence", head.sequence, {"sha256": head.sha256})


def canonical(document: Any) -> bytes:
    """Returns JSON with sorted keys and without whitespace, so that equal documents give equal bytes."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(body: bytes) -> str:
    """Returns the SHA-256, in hex."""
    return hashlib.sha256(body).hexdigest()


def opened(body: bytes) -> Document:
    """Returns the record in an object; an empty one for invalid content, which other principals may have written."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
