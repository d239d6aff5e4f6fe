"""SNS topics with their readers, and SQS queues."""

from simulation.loader.place import Arguments, Attributes, Maker, Place


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
    sqs = place.client("sqs")
    attributes = {"MessageRetentionPeriod": str(arguments["message_retention_seconds"])}
    # One or the other: the provider refuses both.
    if "kms_master_key_id" in arguments:
        attributes["KmsMasterKeyId"] = arguments["kms_master_key_id"]
    else:
        attributes["SqsManagedSseEnabled"] = str(arguments["sqs_managed_sse_enabled"]).lower()
    url = sqs.create_queue(QueueName=arguments["name"], Attributes=attributes, tags=place.tags)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return {"arn": arn, "url": url, "id": url}


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

CHANGERS: dict[str, Maker] = {"aws_sqs_queue_policy": queue_policy}  # SetQueueAttributes makes and changes
