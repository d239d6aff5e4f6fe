"""The audit trail: principal, action, resource, reason and outcome.

Functions and commands send entries to a queue. Only `handlers.audit` writes records, one after the other, in the form
of handlers/common/stores/audit_chain.py.
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
"""The message group of all entries, so that SQS delivers them in order."""

ID_DIGITS = 32


class Kind(StrEnum):
    """The kind of a record. UNREADABLE: the queue had a message that is not an entry."""

    PLAN = "PLAN"
    APPROVAL_USED = "APPROVAL_USED"
    INTENT = "INTENT"
    OUTCOME = "OUTCOME"
    VERIFICATION = "VERIFICATION"
    REFUSAL = "REFUSAL"
    RETRY = "RETRY"
    ROLLBACK_PLAN = "ROLLBACK_PLAN"
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
    """The content of a record, without its place in the chain.

    `who` has the acting principal (a role or a person), `what` the resource and the action, `why` finding, rule and
    controls, `ids` plan, event and further references. States before and after are None if unknown. `once` is the
    idempotency key: equal for every attempt to record the same fact. `append` sets `happened_at`.
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
        """Returns the entry in a message's body; raises MalformedEventError."""
        try:
            entry = cls(**json.loads(text))
            Kind(entry.kind)
            # JSON escapes can produce lone surrogates, which a record cannot encode.
            canonical(vars(entry))
        except (ValueError, TypeError, RecursionError) as error:
            # Without its cause, which quotes the text unescaped.
            raise MalformedEventError(f"{text[:80]!r} is not an entry of the audit trail: {error}") from None
        mappings = [entry.who, entry.what, entry.why, entry.ids]
        if not isinstance(entry.once, str) or not all(isinstance(each, dict) for each in mappings):
            raise MalformedEventError(f"{text[:80]!r} is not an entry of the audit trail: a member has an invalid type")
        return entry

    @property
    def record_id(self) -> str:
        """The id of the record, in hex."""
        return digest(self.once.encode())[:ID_DIGITS]


@dataclass(frozen=True)
class Trail:
    """The audit trail, by the URL of its queue."""

    queue_url: str

    def append(self, entry: Entry) -> None:
        """Sends an entry to the queue. It is recorded once, however often it is sent.

        SQS drops duplicates within five minutes; the writer detects later ones.
        """
        document = asdict(entry) | {"happened_at": clock.stamp(clock.now())}
        clients.sqs().send_message(
            QueueUrl=self.queue_url,
            MessageBody=canonical(document).decode(),
            MessageGroupId=GROUP,
            MessageDeduplicationId=entry.record_id,
        )
