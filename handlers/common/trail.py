"""The audit trail: one JSON object per record, each with the SHA-256 of the record before it.

A record's number is its key, and S3 writes it only if no object is there (If-None-Match): of two writers one gets the
number, and the other takes the next. The head, in the journal, tells where the trail ends; it may be one record behind,
and whoever finds so goes on from what is there. It stays when the records before it have expired.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from handlers import __version__
from handlers.common import clients, clock
from handlers.common.journal import HEAD, Journal
from handlers.common.layout import record_key

Document = dict[str, Any]

SCHEMA_VERSION = 2
ATTEMPTS = 100
BEGINNING = "0" * 64
"""What the first record has in place of the hash of one before it."""


class Kind(StrEnum):
    """What a record tells."""

    PLAN = "PLAN"
    APPROVAL_USED = "APPROVAL_USED"
    INTENT = "INTENT"
    OUTCOME = "OUTCOME"
    VERIFICATION = "VERIFICATION"
    REFUSAL = "REFUSAL"
    ROLLBACK_INTENT = "ROLLBACK_INTENT"
    ROLLBACK_OUTCOME = "ROLLBACK_OUTCOME"
    SWITCH_CHANGED = "SWITCH_CHANGED"
    WAIVER_APPLIED = "WAIVER_APPLIED"
    WAIVER_ENDED = "WAIVER_ENDED"
    WAIVER_REMINDER = "WAIVER_REMINDER"


class BusyTrailError(RuntimeError):
    """Other writers took every number we tried; the invocation's retry tries again."""


@dataclass(frozen=True)
class Head:
    """The last record of a trail; of an empty one, number 0."""

    sequence: int = 0
    sha256: str = BEGINNING

    @property
    def mark(self) -> str:
        """As people pass it on: number and hash."""
        return f"{self.sequence}:{self.sha256}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a record tells, before it has its place.

    `who` names the acting principal (a role or a person), `what` the resource and what was done, `why` finding, rule
    and controls, `ids` plan, event and whatever leads on. States before and after are None where there are none.
    """

    kind: Kind
    who: Mapping[str, Any]
    what: Mapping[str, Any]
    why: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    ids: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Trail:
    """The trail in a bucket, with its head in a journal."""

    bucket: str
    journal: Journal

    def append(self, entry: Entry) -> Head:
        """Writes a record after the last one and returns its place; raises BusyTrailError."""
        head = self.head()
        for _ in range(ATTEMPTS):
            body = written(entry, head)
            following = Head(head.sequence + 1, digest(body))
            placed = self._put(following.sequence, body)
            if placed:
                self._move(following)
                return following
            if placed is False:
                head = Head(following.sequence, digest(self._get(following.sequence)))
        raise BusyTrailError(f"{ATTEMPTS} numbers up to {head.sequence} were taken by other writers")

    def head(self) -> Head:
        """The last record that the journal knows of; there may be later ones."""
        held = self.journal.get(HEAD)
        return Head(int(held["sequence"]), str(held["sha256"])) if held else Head()

    def _put(self, sequence: int, body: bytes) -> bool | None:
        """Whether the record was written; None while another writer is at the same number."""
        try:
            clients.s3().put_object(
                Bucket=self.bucket,
                Key=record_key(sequence),
                Body=body,
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            # S3 User Guide, "Conditional write behavior": there is an object, or another write is not over yet.
            answers = {"PreconditionFailed": False, "ConditionalRequestConflict": None}
            if (code := error.response["Error"]["Code"]) in answers:
                return answers[code]
            raise
        return True

    def _get(self, sequence: int) -> bytes:
        return clients.s3().get_object(Bucket=self.bucket, Key=record_key(sequence))["Body"].read()

    def _move(self, head: Head) -> None:
        """Never backwards: a slower writer's head is older news."""
        self.journal.advance(HEAD, "sequence", head.sequence, {"sha256": head.sha256})


def written(entry: Entry, head: Head) -> bytes:
    """The record's bytes: canonical JSON, so that equal records are equal text."""
    record = {
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        "sequence": head.sequence + 1,
        "previous_sha256": head.sha256,
        "at": clock.stamp(clock.now()),
        "kind": str(entry.kind),
        "who": entry.who,
        "what": entry.what,
        "why": entry.why,
        "before": entry.before,
        "after": entry.after,
        "ids": entry.ids,
    }
    return canonical(record)


def canonical(document: Any) -> bytes:
    """JSON with sorted keys and without blanks."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(body: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(body).hexdigest()
