"""The messages of alarms, delivered or lost.

CloudWatch publishes as a service principal, which the policies of the topic and of its KMS key must allow (Amazon SNS
Developer Guide, "Enable compatibility between event sources from AWS services and encrypted topics").
"""

from collections.abc import Iterator
from dataclasses import dataclass

from simulation.aws.iam.directory import Directory
from simulation.aws.iam.policy import Request
from simulation.aws.iam.resource import admits

CLOUDWATCH = "cloudwatch.amazonaws.com"


@dataclass(frozen=True)
class Notice:
    """An alarm's message to a topic; `lost` is the reason for which it was not delivered."""

    alarm: str
    topic: str
    lost: str | None


def refused(directory: Directory, alarm: str, topic: str) -> str | None:
    """Returns the error of an alarm's message to a topic (both by ARN); None if the policies allow it."""
    for request in _requests(directory, alarm, topic):
        decision = admits(directory, CLOUDWATCH, request)
        if not decision.allowed:
            denied = f"{request.action} on resource: {request.resource}"
            return f"{CLOUDWATCH} is not authorized to perform: {denied} {decision.reason}"
    return None


def _requests(directory: Directory, alarm: str, topic: str) -> Iterator[Request]:
    context = {"aws:SourceArn": alarm, "aws:SourceAccount": directory.account, "aws:SecureTransport": "true"}
    # The condition of a new topic's default policy, which alarms of the account meet.
    yield Request("sns:Publish", topic, context | {"aws:SourceOwner": directory.account})
    if key := directory.topic_key(topic.split(":")[3], topic):
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            yield Request(action, key, context)
