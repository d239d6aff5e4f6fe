"""The audit trail: who has done what, to which resource, why, and what came of it.

Whoever has something to record puts an entry into a queue, in which it is safe; `handlers.audit` alone writes records,
one after the other (handlers/common/stores/audit_chain.py says in which form).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from handlers.common.model.events import MalformedEventError
from handlers.common.runtime import clients, clock
from handlers.common.stores.audit_chain import canonical, digest

GROUP = "audit"
"""Entries of one message group are written in the order in which they came."""

ID_DIGITS = 32


class Kind(StrEnum):
    """What a record says. UNREADABLE: a message that is no entry came into the queue."""

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
    EXCLUSION_APPLIED = "EXCLUSION_APPLIED"
    EXCLUSION_ENDED = "EXCLUSION_ENDED"
    WAIVER_APPLIED = "WAIVER_APPLIED"
    WAIVER_ENDED = "WAIVER_ENDED"
    WAIVER_REMINDER = "WAIVER_REMINDER"
    UNREADABLE = "UNREADABLE"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a record says, before it has its place.

    `who` names the acting principal (a role or a person), `what` the resource and what was done, `why` finding, rule
    and controls, `ids` plan, event and whatever leads on. States before and after are None where there are none.
    `once` is the same for every attempt to record this very thing, and for nothing else. `happened_at` is set when the
    entry goes into the queue.
    """

    kind: str
    once: str
    who: Mapping[str, Any]
    what: Mapping[str, Any]
    why: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    ids: Mapping[str, Any] = field(default_factory=dict)
    happened_at: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """From the body of a message; raises MalformedEventError."""
        try:
            entry = cls(**json.loads(text))
            Kind(entry.kind)
            # By its escapes JSON says what UTF-8 cannot, and no record could be written of.
            canonical(vars(entry))
        except (ValueError, TypeError, RecursionError) as error:
            # The error itself quotes unescaped.
            raise MalformedEventError(f"{text[:80]!r} is no entry of the audit trail: {error}") from None
        mappings = [entry.who, entry.what, entry.why, entry.ids]
        if not isinstance(entry.once, str) or not all(isinstance(each, dict) for each in mappings):
            raise MalformedEventError(f"{text[:80]!r} is no entry of the audit trail: a member has another type")
        return entry

    @property
    def record_id(self) -> str:
        """By which the record is known, in hex."""
        return digest(self.once.encode())[:ID_DIGITS]


@dataclass(frozen=True)
class Trail:
    """The way into the trail: the URL of its queue."""

    queue_url: str

    def append(self, entry: Entry) -> None:
        """Puts an entry into the queue. From now on it is kept, and will be recorded once, however often it is put in.

        SQS itself drops what comes again within five minutes; later the writer knows it.
        """
        document = asdict(entry) | {"happened_at": clock.stamp(clock.now())}
        clients.sqs().send_message(
            QueueUrl=self.queue_url,
            MessageBody=canonical(document).decode(),
            MessageGroupId=GROUP,
            MessageDeduplicationId=entry.record_id,
        )
