import json
from datetime import timedelta
from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount
from simulation.aws.mailbox import MAX_PER_SECOND, PENDING
from simulation.aws.saved import Saved

READER = "reader@example.com"


@pytest.fixture
def topic(cloud: SimulatedAccount) -> str:
    """A topic with one subscription."""
    arn = str(cloud.client("sns").create_topic(Name="news")["TopicArn"])
    subscribe(cloud, arn, READER)
    return arn


def subscribe(cloud: SimulatedAccount, topic: str, address: str, **attributes: str) -> None:
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint=address, Attributes=attributes)


def publish(cloud: SimulatedAccount, topic: str, count: int, **more: Any) -> None:
    for number in range(count):
        cloud.client("sns").publish(TopicArn=topic, Subject="News", Message=str(number), **more)


def received(cloud: SimulatedAccount, address: str = READER) -> list[str]:
    return [mail.message for mail in cloud.mailbox.of(address)]


def shown(cloud: SimulatedAccount, topic: str) -> list[str]:
    listed = cloud.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return [each["SubscriptionArn"] for each in listed]


def test_ten_messages_a_second_are_delivered(cloud: SimulatedAccount, topic: str) -> None:
    for _ in range(2):
        publish(cloud, topic, MAX_PER_SECOND)
        cloud.clock.advance(timedelta(seconds=1))
    assert len(received(cloud)) == 20
    assert cloud.mailbox.suspended == {}
    assert shown(cloud, topic) != [PENDING]


def test_one_more_suspends_the_subscription_until_it_is_confirmed(cloud: SimulatedAccount, topic: str) -> None:
    subscribe(cloud, topic, "other@example.com")
    publish(cloud, topic, MAX_PER_SECOND + 1)
    now = cloud.clock.look()
    assert cloud.mailbox.suspended == {(topic, READER): now, (topic, "other@example.com"): now}
    assert shown(cloud, topic) == [PENDING, PENDING]
    cloud.clock.advance(timedelta(hours=1))
    publish(cloud, topic, 1)
    assert received(cloud) == [str(number) for number in range(MAX_PER_SECOND)]
    cloud.mailbox.confirm_all()
    publish(cloud, topic, 1)
    assert len(received(cloud)) == MAX_PER_SECOND + 1
    assert PENDING not in shown(cloud, topic)


def test_a_filtered_subscription_below_the_rate_is_not_suspended(cloud: SimulatedAccount, topic: str) -> None:
    subscribe(cloud, topic, "owner@example.com", FilterPolicy=json.dumps({"owner": ["owner@example.com"]}))
    attributes = {"owner": {"DataType": "String", "StringValue": "owner@example.com"}}
    publish(cloud, topic, MAX_PER_SECOND)
    publish(cloud, topic, 1, MessageAttributes=attributes)
    assert list(cloud.mailbox.suspended) == [(topic, READER)]
    assert received(cloud, "owner@example.com") == ["0"]


def test_topics_are_counted_separately(cloud: SimulatedAccount, topic: str) -> None:
    other = str(cloud.client("sns").create_topic(Name="other")["TopicArn"])
    subscribe(cloud, other, READER)
    publish(cloud, topic, MAX_PER_SECOND)
    publish(cloud, other, MAX_PER_SECOND)
    assert len(received(cloud)) == 2 * MAX_PER_SECOND


def test_a_copy_of_an_account_has_its_mails(cloud: SimulatedAccount, topic: str) -> None:
    publish(cloud, topic, 1)
    saved = Saved(cloud)
    cloud.__exit__(None, None, None)
    with saved.again() as copy:
        publish(copy, topic, 1)
        assert received(copy) == ["0", "0"]
    assert received(cloud) == ["0"]
