"""A mail queue in the simulated AWS, and its messages."""

from dataclasses import dataclass, field

import boto3
from moto.sqs.models import Message, sqs_backends

from handlers.common.stores.mail_queue import Mail
from tests.support.changes import ACCOUNT


@dataclass
class MailQueue:
    """A queue without a reader."""

    name: str = "mails"
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = boto3.client("sqs", "eu-west-1").create_queue(QueueName=self.name)["QueueUrl"]

    def messages(self) -> list[Message]:
        """Returns every message, oldest first."""
        return list(sqs_backends[ACCOUNT]["eu-west-1"].queues[self.name]._messages)

    def mails(self) -> list[Mail]:
        """Returns every mail in the order in which it came first; one that came again is still one."""
        found = [Mail.of(message.body) for message in self.messages()]
        return list({mail.mail_id: mail for mail in found}.values())

    def subjects(self) -> list[str]:
        """Theirs."""
        return [mail.subject for mail in self.mails()]
