"""The audit trail: one JSON object per record, each with the SHA-256 of the record before it.

A record's number is its key, and S3 writes it only if no object is there (If-None-Match): of two writers one gets the
number, and the other takes the next. The head, in the journal, tells where the trail ends; it may be one record behind,
and whoever finds so goes on from what is there. It stays when the records before it have expired.

A record is written once, however often that is tried: before each attempt the journal notes at which number it will be.
Who tries again looks there first.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from handlers import __version__
from handlers.common import clients, clock
from handlers.common.journal import EXPIRES, HEAD, RECORDS, Journal
from handlers.common.layout import record_key

Document = dict[str, Any]

SCHEMA_VERSION = 2
ATTEMPTS = 100
ID_DIGITS = 32
NOTED = timedelta(days=30)
"""How long it is known where a record is: twice as long as a failed event waits to be given to its function again."""

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
    RETRY = "RETRY"
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
    `once` is the same for every attempt to write this very record, and for no other record.
    """

    kind: Kind
    once: str
    who: Mapping[str, Any]
    what: Mapping[str, Any]
    why: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    ids: Mapping[str, Any] = field(default_factory=dict)

    @property
    def record_id(self) -> str:
        """By which the record is known, in hex."""
        return digest(self.once.encode())[:ID_DIGITS]


@dataclass(frozen=True)
class Trail:
    """The trail in a bucket, with its head in a journal."""

    bucket: str
    journal: Journal

    def append(self, entry: Entry) -> Head:
        """Writes a record after the last one, unless it is written, and returns its place; raises BusyTrailError."""
        # The head first: who has the record in hand meanwhile will be met at the number that follows.
        head = self.head()
        noted: Mapping[str, Any] | None = self.journal.get(RECORDS + entry.record_id)
        if noted is not None and (found := self._written_at(noted["sequence"], entry)) is not None:
            self._move(found)
            return found
        for _ in range(ATTEMPTS):
            body = written(entry, head)
            following = Head(head.sequence + 1, digest(body))
            noted = self._note(entry, following.sequence, noted)
            placed = self._put(following.sequence, body)
            if placed is False:
                body = self._get(following.sequence)
                head = following = Head(following.sequence, digest(body))
                placed = _is(entry, body)
            if placed:
                self._move(following)
                return following
        raise BusyTrailError(f"{ATTEMPTS} numbers up to {head.sequence} were taken by other writers")

    def head(self) -> Head:
        """The last record that the journal knows of; there may be later ones."""
        held = self.journal.get(HEAD)
        return Head(int(held["sequence"]), str(held["sha256"])) if held else Head()

    def _note(self, entry: Entry, sequence: int, seen: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Notes where the record will be; raises BusyTrailError if another invocation is about to write it."""
        key, expires = RECORDS + entry.record_id, int((clock.now() + NOTED).timestamp())
        values = {"sequence": sequence, EXPIRES: expires}
        if not (self.journal.create(key, values) if seen is None else self.journal.replace(key, values, seen)):
            raise BusyTrailError(f"record {entry.record_id} is being written by another invocation")
        return values

    def _written_at(self, sequence: int, entry: Entry) -> Head | None:
        """The record's place, if it is at that number."""
        try:
            body = self._get(sequence)
        except ClientError as error:
            # S3 says AccessDenied to who may not list: what is not there, or what may not be read.
            if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
                return None
            raise
        return Head(sequence, digest(body)) if _is(entry, body) else None

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
        "ids": {**entry.ids, "record_id": entry.record_id},
    }
    return canonical(record)


def _is(entry: Entry, body: bytes) -> bool:
    """Whether a record is the entry's; records of earlier versions have no id."""
    return bool(json.loads(body)["ids"].get("record_id") == entry.record_id)


def canonical(document: Any) -> bytes:
    """JSON with sorted keys and without blanks."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(body: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(body).hexdigest()


def opened(body: bytes) -> Document:
    """What an object under a record's key says; nothing if it is no record: anybody with rights may have put it."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
