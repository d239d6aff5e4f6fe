"""A mail queue in the simulated AWS, and its messages."""

from dataclasses import dataclass, field

import boto3
from moto.sqs.models import Message, sqs_backends

from handlers.common.stores.mail_queue import Mail
from tests.support.changes import ACCOUNT


@dataclass
class MailQueue:
    """A queue without an event source mapping."""

    name: str = "mails"
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = boto3.client("sqs", "eu-west-1").create_queue(QueueName=self.name)["QueueUrl"]

    def messages(self) -> list[Message]:
        """Returns every message, oldest first."""
        return list(sqs_backends[ACCOUNT]["eu-west-1"].queues[self.name]._messages)

    def mails(self) -> list[Mail]:
        """Returns every mail once, in the order of the first messages."""
        mails = [Mail.of(message.body) for message in self.messages()]
        return list({mail.mail_id: mail for mail in mails}.values())

    def subjects(self) -> list[str]:
        """Returns the subjects of the mails."""
        return [mail.subject for mail in self.mails()]
