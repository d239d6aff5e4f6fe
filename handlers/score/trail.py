"""What the audit trail tells of a day: how many remediations came to what, and where the trail ends.

The records since the last score are read anyway; that each has the hash of the one before it is checked on the way.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from handlers.common import clients, clock
from handlers.common.layout import AUDIT, record_key, record_sequence
from handlers.common.outcome import RESULTS, Outcome
from handlers.common.remediation import Mode
from handlers.common.trail import Head, Kind, Trail, digest, opened

A_DAY = timedelta(days=1)
COUNTED = {Kind.REFUSAL, Kind.OUTCOME, Kind.VERIFICATION, Kind.ROLLBACK_OUTCOME}


@dataclass(frozen=True)
class TrailDay:
    """The trail as of a moment: `remediations` by rule and result; `broken` says which record does not follow."""

    head: Head
    records: int = 0
    remediations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    broken: str | None = None

    def document(self) -> dict[str, Any]:
        """As scores and summaries have it."""
        return {"sequence": self.head.sequence, "sha256": self.head.sha256, "records": self.records}


def day_of(trail: Trail, before: Mapping[str, Any] | None, end: datetime) -> TrailDay:
    """The day up to a moment, read on from where the last score says that the trail ended."""
    known = (before or {}).get("audit")
    head = start = Head(known["sequence"], known["sha256"]) if known else None
    counted: dict[str, Counter[str]] = {}
    records, broken = 0, None
    for sequence, body in _bodies(trail.bucket, start.sequence if start else 0):
        record = opened(body)
        if head is not None and (sequence, record.get("previous_sha256")) != (head.sequence + 1, head.sha256):
            broken = broken or f"record {sequence} of the audit trail does not follow record {head.sequence}"
        head = Head(sequence, digest(body))
        try:
            if clock.stamp(end - A_DAY) < record["at"] <= clock.stamp(end):
                records += 1
                if _counts(record):
                    result = RESULTS[Outcome(record["what"]["outcome"])]
                    counted.setdefault(record["why"]["rule"], Counter())[result] += 1
        except (KeyError, TypeError, ValueError, AttributeError):
            # Not one of ours, or of a later version.
            broken = broken or f"record {sequence} of the audit trail cannot be read"
    written = trail.head()
    # Without anything to go on from, records that are not there may have expired.
    if head is not None and head.sequence < written.sequence:
        broken = broken or f"the audit trail ends with record {head.sequence}, and {written.sequence} were written"
    return TrailDay(head or written, records, counted, broken)


def _counts(record: Mapping[str, Any]) -> bool:
    """A plan counts where it is all that there is to be; else what comes of it does."""
    planned = record["kind"] == Kind.PLAN and record["what"].get("mode") == Mode.PLAN
    return planned or record["kind"] in COUNTED


def _bodies(bucket: str, after: int) -> Iterator[tuple[int, bytes]]:
    s3 = clients.s3()
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=AUDIT, StartAfter=record_key(after))
    for key in (found["Key"] for page in pages for found in page.get("Contents", [])):
        if (sequence := record_sequence(key)) is not None:
            yield sequence, s3.get_object(Bucket=bucket, Key=key)["Body"].read()
