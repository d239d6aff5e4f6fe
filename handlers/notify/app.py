"""Sends mails from the queue, one by one or many as a digest.

SNS suspends an e-mail subscription that receives more than ten messages per second (Amazon SNS Developer Guide, "Email
subscription setup and management"). So single mails are sent one after the other, and mails above a limit are combined
into digests. Failed mails remain in the queue and are retried.
"""

import dataclasses
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.common.model.events import MalformedEventError
from handlers.common.model.finding import Finding, Status
from handlers.common.runtime import clients, clock, metrics
from handlers.common.runtime.naming import OPERATIONS_TOPIC
from handlers.common.stores.findings_table import FindingsTable
from handlers.common.stores.journal import Journal
from handlers.common.stores.mail_queue import Mail
from handlers.notify.digest import Letter, digests, single
from handlers.notify.environment import NotifyEnvironment
from handlers.notify.topics import Readers

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 120
SPARE_MILLISECONDS = 15_000
"""Minimum remaining time of an invocation to send a mail."""

SINGLE_MAILS = 10
"""Maximum single mails to the same readers within a window. For more, one digest is sent for each heading."""

WINDOW = timedelta(minutes=5)
PAUSE_SECONDS = 0.5
"""Pause before each mail to the same readers: two concurrent invocations send at most four per second."""

SENT, COUNTED = "mail/", "mails/"
"""Prefixes of the journal's keys for sent mails, and for numbers of single mails."""

KEPT = timedelta(days=15)
"""One day more than the retention of the queue."""


def handler(event: Any, context: Any) -> dict[str, Any] | None:
    """Handles a batch of SQS messages, whose failures it returns, or the schedule, on which it writes metrics."""
    environment = NotifyEnvironment.from_env()
    if "Records" not in event:
        _emit_subscriptions(environment)
        return None
    batch = Batch(environment, context.get_remaining_time_in_millis)
    batch.take(event["Records"])
    batch.send()
    counts = {"MailsSent": batch.sent, "MailsWaiting": len(batch.left)}
    metrics.emit(environment.deployment, {}, counts)
    log.info("mails sent", extra={"messages": len(event["Records"]), "mails": batch.sent, "left": len(batch.left)})
    return {"batchItemFailures": [{"itemIdentifier": each} for each in batch.left]}


def _emit_subscriptions(environment: NotifyEnvironment) -> None:
    readers = [Readers.of(topic) for topic in environment.topics.values()]
    unread = sum(not each.confirmed for each in readers)
    pending = sum(each.pending for each in readers)
    metrics.emit(environment.deployment, {}, {"UnreadTopics": unread, "PendingSubscriptions": pending})
    log.info("subscriptions counted", extra={"unread_topics": unread, "pending_subscriptions": pending})


@dataclass
class Batch:
    """The mails of one invocation. `sent` is the number of sent mails, `left` has the ids of remaining messages."""

    environment: NotifyEnvironment
    remaining: Any
    sent: int = 0
    left: list[str] = field(default_factory=list)
    _messages: dict[str, list[str]] = field(default_factory=dict)
    _mails: dict[str, Mail] = field(default_factory=dict)

    def take(self, records: Iterable[Any]) -> None:
        """Reads the messages, and merges duplicate mails."""
        for record in records:
            try:
                mail = Mail.of(record["body"])
            except MalformedEventError:
                log.exception("message left", extra={"message_id": record["messageId"]})
                self.left.append(record["messageId"])
                continue
            if mail.topic not in self.environment.topics:
                # Since a deployment, no rule has this severity.
                mail = dataclasses.replace(mail, topic=OPERATIONS_TOPIC)
            self._mails[mail.mail_id] = mail
            self._messages.setdefault(mail.mail_id, []).append(record["messageId"])

    def send(self) -> None:
        """Sends the due mails. Mails that fail or have no confirmed reader remain in the queue."""
        groups: dict[Any, list[Mail]] = {}
        for mail in self._due():
            groups.setdefault(mail.readers, []).append(mail)
        if groups:
            # Another invocation may just have sent a mail to the same readers.
            time.sleep(PAUSE_SECONDS)
        for mails in groups.values():
            try:
                self._send_group(mails)
            except Exception:
                log.exception("mails left", extra={"topic": mails[0].topic})
                self._leave(mails)

    def _due(self) -> list[Mail]:
        """Returns the mails that were not sent before and are not outdated."""
        mails = list(self._mails.values())
        marks = [SENT + each for mail in mails for each in (mail.mail_id, mail.follows) if each]
        sent = self._journal.marked(marks)
        table = FindingsTable(clients.dynamodb(), self.environment.findings_table)
        findings = table.get_many([mail.finding_id for mail in mails if mail.finding_id])
        due = [mail for mail in mails if SENT + mail.mail_id not in sent]
        return [
            mail
            for mail in due
            if (not mail.follows or SENT + mail.follows in sent) and not _is_stale(mail, findings.get(mail.finding_id))
        ]

    def _send_group(self, mails: Sequence[Mail]) -> None:
        if not Readers.of(self.environment.topics[mails[0].topic]).includes(mails[0].attributes):
            log.warning("no confirmed subscription", extra={"topic": mails[0].topic, "mails": len(mails)})
            self._leave(mails)
            return
        are_single = len(mails) <= SINGLE_MAILS and self._count(mails)
        letters = [single(mail) for mail in mails] if are_single else digests(mails)
        for number, letter in enumerate(letters):
            if number:
                time.sleep(PAUSE_SECONDS)
            if self.remaining() < SPARE_MILLISECONDS:
                self._leave([mail for each in letters[number:] for mail in each.mails])
                return
            self._publish(letter)

    def _count(self, mails: Sequence[Mail]) -> bool:
        """Counts single mails; returns False, without counting, if they exceed the limit of the window."""
        begin = int(clock.now().timestamp() // WINDOW.total_seconds() * WINDOW.total_seconds())
        topic, attributes = mails[0].readers
        readers = "/".join([topic, *(value for _, value in attributes)])
        key = f"{COUNTED}{readers}/{clock.stamp(datetime.fromtimestamp(begin, UTC))}"
        return self._journal.add(key, len(mails), SINGLE_MAILS, begin + int(timedelta(days=1).total_seconds()))

    def _publish(self, letter: Letter) -> None:
        mail = letter.mails[0]
        typed: Any = {name: {"DataType": "String", "StringValue": value} for name, value in mail.attributes.items()}
        clients.sns().publish(
            TopicArn=self.environment.topics[mail.topic],
            Subject=letter.subject,
            Message=letter.body,
            MessageAttributes=typed,
        )
        self.sent += 1
        # Before the mark, because if the mark fails, the mail must not be sent again every quarter of an hour.
        for each in letter.mails:
            del self._mails[each.mail_id]
        expires = int((clock.now() + KEPT).timestamp())
        self._journal.mark([SENT + each.mail_id for each in letter.mails], expires)

    def _leave(self, mails: Iterable[Mail]) -> None:
        for mail in mails:
            if mail.mail_id in self._mails:
                self.left += self._messages[mail.mail_id]

    @property
    def _journal(self) -> Journal:
        return Journal(clients.dynamodb(), self.environment.journal_table)


def _is_stale(mail: Mail, finding: Finding | None) -> bool:
    """Returns whether the alert of an opening need not be sent.

    The finding was resolved within the grace period, is waived, or was opened again, which has its own mail.
    """
    if finding is None or mail.follows or not mail.finding_id:
        return False
    return finding.opening_id != mail.mail_id or finding.status == Status.WAIVED or bool(finding.brief)
