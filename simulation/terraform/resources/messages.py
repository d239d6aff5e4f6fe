"""SNS topics, their subscriptions, and SQS queues."""

import json
from typing import Any

from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError

FIFO = ".fifo"
MAX_RECEIVES = 1_000

QUEUE_ATTRIBUTES = {
    "content_based_deduplication": "ContentBasedDeduplication",
    "fifo_queue": "FifoQueue",
    "kms_master_key_id": "KmsMasterKeyId",
    "message_retention_seconds": "MessageRetentionPeriod",
    "redrive_policy": "RedrivePolicy",
    "sqs_managed_sse_enabled": "SqsManagedSseEnabled",
    "visibility_timeout_seconds": "VisibilityTimeout",
}


class RedriveError(StackError):
    """SQS rejects a queue's redrive policy (Amazon SQS API Reference, CreateQueue)."""


def topic(place: Place, arguments: Arguments) -> Attributes:
    attributes = {"KmsMasterKeyId": arguments["kms_master_key_id"], "DeliveryPolicy": arguments["delivery_policy"]}
    answer = place.client("sns").create_topic(Name=arguments["name"], Attributes=attributes, Tags=place.tag_list())
    return {"arn": answer["TopicArn"], "id": answer["TopicArn"]}


def topic_policy(place: Place, arguments: Arguments) -> Attributes:
    place.client("sns").set_topic_attributes(
        TopicArn=arguments["arn"], AttributeName="Policy", AttributeValue=arguments["policy"]
    )
    return {}


def subscription(place: Place, arguments: Arguments) -> Attributes:
    only = arguments.get("filter_policy")
    answer = place.client("sns").subscribe(
        TopicArn=arguments["topic_arn"],
        Protocol=arguments["protocol"],
        Endpoint=arguments["endpoint"],
        Attributes={"FilterPolicy": only} if only else {},
    )
    return {"arn": answer["SubscriptionArn"]}


def queue(place: Place, arguments: Arguments) -> Attributes:
    _check_redrive(arguments["name"], json.loads(arguments.get("redrive_policy") or "{}"))
    sqs = place.client("sqs")
    attributes = {QUEUE_ATTRIBUTES[name]: _text(value) for name, value in arguments.items() if name in QUEUE_ATTRIBUTES}
    url = sqs.create_queue(QueueName=arguments["name"], Attributes=attributes, tags=place.tags)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return {"arn": arn, "url": url, "id": url}


def _check_redrive(name: str, policy: Any) -> None:
    if not policy:
        return
    dead, receives = policy["deadLetterTargetArn"], int(policy["maxReceiveCount"])
    if name.endswith(FIFO) != dead.endswith(FIFO):
        raise RedriveError(f"{name}: the dead-letter queue {dead} must have the same type, FIFO or standard")
    if not 1 <= receives <= MAX_RECEIVES:
        raise RedriveError(f"{name}: maxReceiveCount {receives} is not between 1 and {MAX_RECEIVES}")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def queue_policy(place: Place, arguments: Arguments) -> Attributes:
    place.client("sqs").set_queue_attributes(
        QueueUrl=arguments["queue_url"], Attributes={"Policy": arguments["policy"]}
    )
    return {}


MAKERS: dict[str, Maker] = {
    "aws_sns_topic": topic,
    "aws_sns_topic_policy": topic_policy,
    "aws_sns_topic_subscription": subscription,
    "aws_sqs_queue": queue,
    "aws_sqs_queue_policy": queue_policy,
}

CHANGERS: dict[str, Maker] = {"aws_sqs_queue_policy": queue_policy}  # SetQueueAttributes creates and updates
