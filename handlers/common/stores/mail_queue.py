"""Mails as messages of a queue: any function puts them in, and `notify` alone sends them, no faster than SNS bears."""

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
"""How long the queue of each kind collects mails before they are sent."""

LONGEST_ID = 2_000
"""Bytes: DynamoDB takes keys of 2,048 (Amazon DynamoDB Developer Guide, "Quotas")."""

LONGEST_DELAY = timedelta(minutes=15)
"""By SQS (Amazon SQS API Reference, SendMessage)."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail to the readers of a topic: its subject is made by handlers.common.subject, its body is plain text.

    `mail_id` is the same however often the mail is put into the queue; `topic` is one of handlers.common.topics. Mails
    of one `heading` may be sent as one, in which each has its `line`, and which ends with the lines `more`. SNS gives a
    mail to the readers who want its `attributes`.

    An alert names its finding, which is looked at again before it is sent. One that says the end of a finding follows
    the mail of its beginning: `follows` is that one's id where it may not have been sent.
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
        """From the body of a message; raises MalformedEventError."""
        try:
            mail = cls(**json.loads(text))
        except (ValueError, TypeError, RecursionError) as error:
            # The error itself quotes unescaped.
            raise MalformedEventError(f"{text[:80]!r} is no mail: {error}") from None
        texts = [value for name, value in vars(mail).items() if name not in ("attributes", "more")]
        if not isinstance(mail.attributes, dict) or not isinstance(mail.more, list):
            raise MalformedEventError(f"{text[:80]!r} is no mail: attributes must be a mapping, and more a list")
        if not all(isinstance(each, str) for each in (*texts, *mail.attributes.values(), *mail.more)):
            raise MalformedEventError(f"{text[:80]!r} is no mail: its members must be texts")
        mail._check(text)
        return mail

    def _check(self, text: str) -> None:
        """Raises MalformedEventError for what would have DynamoDB or SNS refuse a call for other mails too."""
        if not all((self.mail_id, self.topic, self.subject, self.body, self.heading)):
            raise MalformedEventError(f"{text[:80]!r} is no mail: a member is empty")
        try:
            sizes = [len(each.encode()) for each in (self.mail_id, self.finding_id, self.follows)]
            "".join((self.subject, self.body, self.heading, self.line, *self.more, *self.attributes.values())).encode()
        except UnicodeEncodeError as error:
            raise MalformedEventError(f"{text[:80]!r} is no mail: {error}") from error
        if max(sizes) > LONGEST_ID:
            raise MalformedEventError(f"{text[:80]!r} is no mail: an id is longer than {LONGEST_ID} bytes")

    def put(self, queue_url: str, delay: timedelta = timedelta()) -> None:
        """Puts the mail into a queue, to be sent after a delay at the earliest."""
        seconds = int(min(delay, LONGEST_DELAY).total_seconds())
        body = json.dumps(dataclasses.asdict(self), sort_keys=True)
        clients.sqs().send_message(QueueUrl=queue_url, MessageBody=body, DelaySeconds=seconds)

    @property
    def readers(self) -> tuple[Any, ...]:
        """Who gets it: mails of the same readers share what SNS bears."""
        return self.topic, tuple(sorted(self.attributes.items()))
