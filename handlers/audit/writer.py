"""Writes entries as records behind the last one, each once, whatever an invocation before has left undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from handlers import __version__
from handlers.common.runtime import clients, clock
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores.audit_chain import Chain, Head, canonical, digest, opened
from handlers.common.stores.audit_trail import Entry
from handlers.common.stores.journal import RECORDS
from handlers.common.stores.report_bucket import AUDIT, record_key, record_sequence

SCHEMA_VERSION = 3

KEPT = timedelta(days=30)
"""How long a record is known by its id: twice as long as a failed event waits to be given to its function again."""

STEPS = 20
"""Records one after the other that are looked at behind the head; if there are more, the head was lost or restored."""

LOOKED_BACK = 10
"""Records of one batch, the most that Lambda takes from a FIFO queue."""

CONFLICTS = 5
"""Writes at the same number of which S3 refuses each because of the other, until the batch is left to the retry."""


class BusyTrailError(ComplianceMonitorError, RuntimeError):
    """Another writer is at the same number again and again; the message is tried again."""


@dataclass
class Writer:
    """Writes the entries of one batch: `begin` with all of them, `write` each, and `end` whatever happens."""

    chain: Chain
    _head: Head | None = None
    _written: list[str] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def begin(self, entries: Sequence[Entry]) -> None:
        """Looks which of the entries are written."""
        marks = self.chain.journal.marked([RECORDS + each.record_id for each in entries])
        self._known = {mark.removeprefix(RECORDS) for mark in marks}
        self._head = self.chain.noted() or self._found(0)

    def write(self, entry: Entry, sender: str) -> None:
        """Writes a record of the entry, unless there is one; raises BusyTrailError."""
        steps = 0
        while entry.record_id not in self._known:
            assert self._head is not None
            following = self._head.sequence + 1
            body = written(entry, self._head, sender)
            if not self._put(following, body):
                body = self._get(following)
                steps += 1
            self._note(body)
            self._head = Head(following, digest(body))
            if steps == STEPS:
                self._head = self._found(following)

    def end(self) -> None:
        """Notes which records are written, and then where the trail ends."""
        expires = int((clock.now() + KEPT).timestamp())
        self.chain.journal.mark([RECORDS + each for each in self._written], expires)
        if self._head is not None and self._head.sequence:
            self.chain.note(self._head)

    def _note(self, body: bytes) -> None:
        """Knows whose record is written, before the head says so."""
        ids = opened(body).get("ids")
        if isinstance(ids, dict) and isinstance(record_id := ids.get("record_id"), str):
            self._written.append(record_id)
            self._known.add(record_id)

    def _put(self, sequence: int, body: bytes) -> bool:
        """Returns whether the record was written; False if there is one of this number."""
        for _ in range(CONFLICTS):
            try:
                clients.s3().put_object(
                    Bucket=self.chain.bucket,
                    Key=record_key(sequence),
                    Body=body,
                    ContentType="application/json",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                # S3 User Guide, "Conditional write behavior": there is an object, or another write is not over yet.
                code = error.response["Error"]["Code"]
                if code == "PreconditionFailed":
                    return False
                if code != "ConditionalRequestConflict":
                    raise
            else:
                return True
        raise BusyTrailError(f"another writer is at record {sequence}")

    def _get(self, sequence: int) -> bytes:
        return clients.s3().get_object(Bucket=self.chain.bucket, Key=record_key(sequence))["Body"].read()

    def _found(self, known: int) -> Head:
        """Finds the last record from a known one on, in few steps: the journal may have lost it."""
        last = known or self._first()
        if not last:
            return Head()
        step = 1
        while self._is_there(last + step):
            last, step = last + step, step * 2
        while step > 1:
            step //= 2
            last += step if self._is_there(last + step) else 0
        # The last of them may be of a batch that was not noted, and comes again.
        for sequence in range(max(known + 1, last - LOOKED_BACK), last + 1):
            self._note(self._get(sequence) if self._is_there(sequence) else b"")
        return Head(last, digest(self._get(last)))

    def _first(self) -> int:
        """Returns the number of the oldest record; 0 if there is none."""
        for key in self._keys(AUDIT):
            if (sequence := record_sequence(key)) is not None:
                return sequence
        return 0

    def _is_there(self, sequence: int) -> bool:
        return bool(self._keys(record_key(sequence)))

    def _keys(self, prefix: str) -> list[str]:
        found: Mapping[str, Any] = clients.s3().list_objects_v2(Bucket=self.chain.bucket, Prefix=prefix)
        return [each["Key"] for each in found.get("Contents", [])]


def written(entry: Entry, head: Head, sender: str) -> bytes:
    """Returns the record's bytes."""
    record = {
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        "sequence": head.sequence + 1,
        "previous_sha256": head.sha256,
        "at": clock.stamp(clock.now()),
        "happened_at": entry.happened_at,
        "kind": str(entry.kind),
        "who": entry.who,
        "what": entry.what,
        "why": entry.why,
        "before": entry.before,
        "after": entry.after,
        "ids": {**entry.ids, "record_id": entry.record_id, "sent_by": sender},
    }
    return canonical(record)
