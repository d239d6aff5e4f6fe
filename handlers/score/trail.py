"""The audit trail of a day: numbers of remediations by result, and the head of the trail.

The records since the last score are read for the numbers; the hash of each preceding record is verified meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from handlers.common.model.outcome import RESULTS, Outcome
from handlers.common.model.problem import ProblemKind
from handlers.common.model.remediation import Mode
from handlers.common.runtime import clients, clock
from handlers.common.stores import documents
from handlers.common.stores.audit_chain import Chain, Head, digest, opened
from handlers.common.stores.audit_trail import Kind
from handlers.common.stores.report_bucket import AUDIT, record_key, record_sequence

A_DAY = timedelta(days=1)
COUNTED = {Kind.REFUSAL, Kind.OUTCOME, Kind.VERIFICATION, Kind.ROLLBACK_OUTCOME}

SKEW = timedelta(minutes=5)
"""Maximum difference between the clocks of two functions."""

# A read without answer and the write of the score take up to 50 seconds each (handlers/common/runtime/clients.py).
RESERVE_MILLISECONDS = 120_000


@dataclass(frozen=True)
class TrailDay:
    """The trail at a time: `remediations` by rule and result. `broken` describes a break in the chain of records.

    `unread` describes where reading stopped because the time was over.
    """

    head: Head
    records: int = 0
    remediations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    broken: str | None = None
    unread: str | None = None

    def document(self) -> dict[str, Any]:
        """Returns the document in scores and summaries."""
        return {"sequence": self.head.sequence, "sha256": self.head.sha256, "records": self.records}


def day_of(
    trail: Chain, before: Mapping[str, Any] | None, end: datetime, remaining: Callable[[], int] | None = None
) -> TrailDay:
    """Returns the day until `end`, from the records after those of the last score.

    Reading stops at the first record after `end`, or when the `remaining` milliseconds of the invocation are less than
    the reserve. At least one record is read, so that every run makes progress.
    """
    known = (before or {}).get("audit")
    head = start = Head(known["sequence"], known["sha256"]) if known else None
    records, counted, broken = _so_far(before or {}, end)
    written = trail.noted() or Head()
    unread = None
    for sequence, body in _bodies(trail.bucket, start.sequence if start else 0):
        record = opened(body)
        if _is_later(record, end):
            written = head or Head(sequence - 1, str(record.get("previous_sha256")))
            break
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
            # An object of another origin or of a later version.
            broken = broken or f"record {sequence} of the audit trail cannot be read"
        if sequence < written.sequence and remaining is not None and remaining() < RESERVE_MILLISECONDS:
            unread = f"the audit trail was read up to record {sequence} of {written.sequence}: the next score continues"
            break
    # Without a known head, missing records may have expired.
    if head is not None and head.sequence < written.sequence and unread is None:
        broken = broken or f"the audit trail ends with record {head.sequence}, and {written.sequence} were written"
    return TrailDay(head or written, records, counted, broken, unread)


def _so_far(before: Mapping[str, Any], end: datetime) -> tuple[int, dict[str, Counter[str]], str | None]:
    """Returns counts and problems of an earlier run of the same day."""
    if before.get("scheduled_at") != clock.stamp(end) or not before.get("audit"):
        return 0, {}, None
    counted = {rule: Counter(results) for rule, results in before["remediations"].items()}
    problems = before["completeness"]["problems"]
    broken = (each["detail"] for each in problems if each["kind"] == ProblemKind.TRAIL_BROKEN)
    return before["audit"]["records"], counted, next(broken, None)


def _is_later(record: Mapping[str, Any], end: datetime) -> bool:
    """Returns whether a record is after `end`; a time in the future is ignored, as it would stop reading every day."""
    at = record.get("at")
    return isinstance(at, str) and clock.stamp(end) < at <= clock.stamp(clock.now() + SKEW)


def _counts(record: Mapping[str, Any]) -> bool:
    """Returns whether a record counts as a remediation: in mode plan plans count, in other modes outcomes."""
    planned = record["kind"] == Kind.PLAN and record["what"].get("mode") == Mode.PLAN
    return planned or record["kind"] in COUNTED


def _bodies(bucket: str, after: int) -> Iterator[tuple[int, bytes]]:
    for key in documents.keys(bucket, AUDIT, after=record_key(after)):
        if (sequence := record_sequence(key)) is not None:
            yield sequence, clients.s3().get_object(Bucket=bucket, Key=key)["Body"].read()
