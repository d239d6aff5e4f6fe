"""Messages of the dead-letter queue."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from handlers.common.model.events import MalformedEventError
from handlers.common.runtime import clock
from handlers.common.runtime.clients import client
from handlers.common.stores.mail_queue import URGENT, Mail
from operate.arguments import InputError
from settings.model import Settings
from settings.resource_names import FAILURE_QUEUE, MAIL_QUEUES, NameKind

# Only long polling queries all of SQS's servers (SQS Developer Guide, "Short and long polling").
WAIT_SECONDS = 2
VISIBILITY_SECONDS = 300
BATCH = 10

MAIL_READER = "notify"
"""The function that processes mails."""


@dataclass(frozen=True)
class Waiting:
    """A message with the event, its function, the time it was sent, and the error.

    Lambda's format: Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations". EventBridge's is
    the event itself, with attributes: EventBridge User Guide, "Using dead-letter queues to process undelivered events".
    SQS moves a mail from the queue `source`, an ARN; its subject replaces the error. For a message in another format
    the function is empty.
    """

    id: str
    receipt: str
    since: str
    function: str
    event: Any
    error: str
    source: str = ""
    is_mail: bool = False

    @classmethod
    def of(cls, message: Any) -> Self:
        """Returns the message for one received from SQS."""
        since = clock.stamp(datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC))
        place = (message["MessageId"], message["ReceiptHandle"], since)
        if mail := _mail(message["Body"]):
            source = message["Attributes"].get("DeadLetterQueueSourceArn", "")
            return cls(*place, MAIL_READER, json.loads(message["Body"]), mail.subject, source, is_mail=True)
        try:
            return cls(*place, *_parsed(json.loads(message["Body"]), message.get("MessageAttributes", {})))
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls(*place, "", message["Body"], "not sent by Lambda, EventBridge or SQS")

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.rpartition(":")[2]


@dataclass(frozen=True)
class FailureQueue:
    """The dead-letter queue of a deployment, with the caller's credentials."""

    settings: Settings
    url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Returns the queue; raises InputError if it does not exist."""
        sqs, name = client("sqs", settings.home_region), settings.name(FAILURE_QUEUE, NameKind.SQS_QUEUE)
        try:
            return cls(settings, sqs.get_queue_url(QueueName=name)["QueueUrl"])
        except sqs.exceptions.QueueDoesNotExist as error:
            raise InputError(f"the queue {name} does not exist in {settings.home_region}: deploy first") from error

    def messages(self) -> list[Waiting]:
        """Returns all messages, oldest first; they are invisible for five minutes, unless put back."""
        found: dict[str, Waiting] = {}
        while batch := self._receive():
            found |= {message["MessageId"]: Waiting.of(message) for message in batch}
        return sorted(found.values(), key=lambda each: each.since)

    def put_back(self, message: Waiting) -> None:
        """Makes a message visible again."""
        self._sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=message.receipt, VisibilityTimeout=0)

    def remove(self, message: Waiting) -> None:
        """Deletes a message."""
        self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt)

    def send_mail_again(self, message: Waiting) -> None:
        """Sends a mail to its source queue, or to the urgent queue if the source is unknown."""
        names = {kind: self.settings.name(name, NameKind.SQS_QUEUE) for kind, name in MAIL_QUEUES.items()}
        source = message.source.rpartition(":")[2]
        name = source if source in names.values() else names[URGENT]
        url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        self._sqs.send_message(QueueUrl=url, MessageBody=json.dumps(message.event, sort_keys=True))

    def _receive(self) -> list[Any]:
        response = self._sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=WAIT_SECONDS,
            VisibilityTimeout=VISIBILITY_SECONDS,
            MessageSystemAttributeNames=["SentTimestamp", "DeadLetterQueueSourceArn"],
            MessageAttributeNames=["All"],
        )
        return list(response.get("Messages", []))

    @property
    def _sqs(self) -> Any:
        return client("sqs", self.settings.home_region)


def _mail(body: str) -> Mail | None:
    try:
        return Mail.of(body)
    except MalformedEventError:
        return None


def _parsed(body: Any, attributes: Any) -> tuple[str, Any, str]:
    """Returns function, event and error."""
    if "requestPayload" in body:
        response = body.get("responsePayload") or {}
        error = f"{response.get('errorType', 'unknown')}: {response.get('errorMessage', '')}"
        return body["requestContext"]["functionArn"].removesuffix(":$LATEST"), body["requestPayload"], error
    error = attributes.get("ERROR_CODE", {}).get("StringValue", "unknown")
    return attributes["TARGET_ARN"]["StringValue"], body, f"not delivered: {error}"
