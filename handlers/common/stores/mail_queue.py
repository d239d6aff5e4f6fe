"""Mails as messages of a queue. Only `notify` sends them, within the limits of SNS."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from handlers.common.model.events import MalformedEventError
from handlers.common.runtime import clients

URGENT, ROUTINE = "urgent", "routine"
WITHIN_SECONDS = {URGENT: 20, ROUTINE: 240}
"""Seconds for which the queue of each kind collects mails before they are sent."""

LONGEST_ID = 2_000
"""Bytes: DynamoDB takes keys of 2,048 (Amazon DynamoDB Developer Guide, "Quotas")."""

LONGEST_DELAY = timedelta(minutes=15)
"""Maximum delay of a message (Amazon SQS API Reference, SendMessage)."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A plain text mail to the subscribers of a topic.

    `mail_id` is the idempotency key. `topic` is a prefix of handlers.common.runtime.naming. Mails with the same
    `heading` may be sent as one digest, which has the `line` of each and ends with the lines `more`. Subscriptions
    filter mails by `attributes`.

    An alert has the id of its finding, which is read again before it is sent. If `follows` is not empty, the mail is
    sent only after the mail with this id: the end of a finding is reported only if its beginning was.
    """

    mail_id: str
    topic: str
    subject: str
    body: str
    heading: str
    line: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    more: Sequence[str] = ()
    finding_id: str = ""
    follows: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """Returns the mail in a message's body; raises MalformedEventError."""
        try:
            mail = cls(**json.loads(text))
        except (ValueError, TypeError, RecursionError) as error:
            # Without its cause, which quotes the text unescaped.
            raise MalformedEventError(f"{text[:80]!r} is not a mail: {error}") from None
        texts = [value for name, value in vars(mail).items() if name not in ("attributes", "more")]
        if not isinstance(mail.attributes, dict) or not isinstance(mail.more, list):
            raise MalformedEventError(f"{text[:80]!r} is not a mail: attributes must be a mapping, and more a list")
        if not all(isinstance(each, str) for each in (*texts, *mail.attributes.values(), *mail.more)):
            raise MalformedEventError(f"{text[:80]!r} is not a mail: its members must be strings")
        mail._check(text)
        return mail

    def _check(self, text: str) -> None:
        """Raises MalformedEventError for members with which DynamoDB or SNS would refuse a whole batch."""
        if not all((self.mail_id, self.topic, self.subject, self.body, self.heading)):
            raise MalformedEventError(f"{text[:80]!r} is not a mail: a member is empty")
        try:
            sizes = [len(each.encode()) for each in (self.mail_id, self.finding_id, self.follows)]
            "".join((self.subject, self.body, self.heading, self.line, *self.more, *self.attributes.values())).encode()
        except UnicodeEncodeError as error:
            raise MalformedEventError(f"{text[:80]!r} is not a mail: {error}") from error
        if max(sizes) > LONGEST_ID:
            raise MalformedEventError(f"{text[:80]!r} is not a mail: an id is longer than {LONGEST_ID} bytes")

    def put(self, queue_url: str, delay: timedelta = timedelta()) -> None:
        """Puts the mail into a queue. It is sent after the delay at the earliest."""
        seconds = int(min(delay, LONGEST_DELAY).total_seconds())
        body = json.dumps(dataclasses.asdict(self), sort_keys=True)
        clients.sqs().send_message(QueueUrl=queue_url, MessageBody=body, DelaySeconds=seconds)

    @property
    def readers(self) -> tuple[Any, ...]:
        """Topic and attributes. Mails with the same ones count towards the same limit of SNS."""
        return self.topic, tuple(sorted(self.attributes.items()))
