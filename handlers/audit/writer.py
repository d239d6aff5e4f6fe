"""Appends entries to the audit trail, each once, even if an earlier invocation failed."""

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

SCHEMA_VERSION = 1

KEPT = timedelta(days=30)
"""Retention of the marks of written records: twice as long as a failed event can be redriven."""

STEPS = 20
"""Maximum records read in sequence after the head. If there are more, the head was lost or restored."""

LOOKED_BACK = 10
"""Maximum records of one batch, which is Lambda's limit for FIFO queues."""

CONFLICTS = 5
"""Maximum writes of the same number that S3 refuses as conflicts, before the batch is left to the retry."""


class BusyTrailError(ComplianceMonitorError, RuntimeError):
    """Writes of the same number conflict repeatedly with another writer. The message is retried."""


@dataclass
class Writer:
    """Writes the entries of one batch: call `begin` with all entries, `write` for each, and `end` in any case."""

    chain: Chain
    _head: Head | None = None
    _written: list[str] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def begin(self, entries: Sequence[Entry]) -> None:
        """Reads which entries are already written, and the head."""
        marks = self.chain.journal.marked([RECORDS + each.record_id for each in entries])
        self._known = {mark.removeprefix(RECORDS) for mark in marks}
        self._head = self.chain.noted() or self._find_last(0)

    def write(self, entry: Entry, sender: str) -> None:
        """Writes a record of the entry, unless it exists; raises BusyTrailError."""
        steps = 0
        while entry.record_id not in self._known:
            assert self._head is not None
            following = self._head.sequence + 1
            body = written(entry, self._head, sender)
            if not self._put(following, body):
                body = self._get(following)
                steps += 1
            self._mark_written(body)
            self._head = Head(following, digest(body))
            if steps == STEPS:
                self._head = self._find_last(following)

    def end(self) -> None:
        """Stores the marks of written records in the journal, and then the head."""
        expires = int((clock.now() + KEPT).timestamp())
        self.chain.journal.mark([RECORDS + each for each in self._written], expires)
        if self._head is not None and self._head.sequence:
            self.chain.note(self._head)

    def _mark_written(self, body: bytes) -> None:
        """Marks the entry of a record as written, before the head is stored."""
        ids = opened(body).get("ids")
        if isinstance(ids, dict) and isinstance(record_id := ids.get("record_id"), str):
            self._written.append(record_id)
            self._known.add(record_id)

    def _put(self, sequence: int, body: bytes) -> bool:
        """Writes a record; returns False if a record with this number exists."""
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
                # S3 User Guide, "Conditional write behavior": the object exists, or a concurrent write is in progress.
                code = error.response["Error"]["Code"]
                if code == "PreconditionFailed":
                    return False
                if code != "ConditionalRequestConflict":
                    raise
            else:
                return True
        raise BusyTrailError(f"another writer is writing record {sequence}")

    def _get(self, sequence: int) -> bytes:
        return clients.s3().get_object(Bucket=self.chain.bucket, Key=record_key(sequence))["Body"].read()

    def _find_last(self, known: int) -> Head:
        """Returns the head by a search from a known record on, because the journal may have lost it."""
        last = known or self._first()
        if not last:
            return Head()
        step = 1
        while self._exists(last + step):
            last, step = last + step, step * 2
        while step > 1:
            step //= 2
            last += step if self._exists(last + step) else 0
        # The last records may belong to a batch that was not marked and is retried.
        for sequence in range(max(known + 1, last - LOOKED_BACK), last + 1):
            self._mark_written(self._get(sequence) if self._exists(sequence) else b"")
        return Head(last, digest(self._get(last)))

    def _first(self) -> int:
        """Returns the number of the oldest record; 0 if there is none."""
        for key in self._keys(AUDIT):
            if (sequence := record_sequence(key)) is not None:
                return sequence
        return 0

    def _exists(self, sequence: int) -> bool:
        return bool(self._keys(record_key(sequence)))

    def _keys(self, prefix: str) -> list[str]:
        answer: Mapping[str, Any] = clients.s3().list_objects_v2(Bucket=self.chain.bucket, Prefix=prefix)
        return [each["Key"] for each in answer.get("Contents", [])]


def written(entry: Entry, head: Head, sender: str) -> bytes:
    """Returns the content of the record after `head`."""
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
