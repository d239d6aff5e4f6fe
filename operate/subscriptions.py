"""Checks that e-mail subscriptions are confirmed."""

from collections.abc import Iterator

from handlers.common.model.rule import Severity
from handlers.common.runtime.clients import client
from handlers.common.runtime.naming import OPERATIONS_TOPIC, SUMMARY_TOPIC, WAIVER_OWNERS_TOPIC, alert_topic
from handlers.notify.topics import PENDING
from operate.checks import Check, attention, ok
from settings.model import Settings

TOPICS = (*map(alert_topic, Severity), OPERATIONS_TOPIC, SUMMARY_TOPIC, WAIVER_OWNERS_TOPIC)


def confirmed(settings: Settings) -> Iterator[Check]:
    """Yields one check for each deployed topic."""
    sns = client("sns", settings.home_region)
    arns = [topic["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for topic in page["Topics"]]
    for resource_type in TOPICS:
        name = f"{resource_type}-{settings.deployment.label}"
        for arn in (each for each in arns if each.endswith(f":{name}")):
            pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
            found = [each for page in pages for each in page["Subscriptions"]]
            pending = sorted(each["Endpoint"] for each in found if each["SubscriptionArn"] == PENDING)
            if pending:
                remedy = "have them follow the link in AWS's e-mail; it expires after two days, then deploy again"
                yield attention(f"{name}: not confirmed by {', '.join(pending)}", remedy)
            elif not found:
                yield attention(
                    f"{name}: no subscription is confirmed",
                    "deploy again: the subscriptions have expired or were removed",
                )
            else:
                yield ok(f"{name}: confirmed by all {len(found)} recipients")
