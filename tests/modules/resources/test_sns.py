import json

from modules.resources.sns import Topic
from tests.support.workbench import Workbench, statements


def topic(workbench: Workbench, **more: str) -> Topic:
    addresses = ["a@example.com", "b@example.com"]
    given = {"deployment": workbench.deployment, "key": workbench.key, "resource_type": "news"}
    return Topic(workbench.stack, "news", addresses=addresses, **given, **more)  # type: ignore[arg-type]


def test_it_is_encrypted_and_delivers_again(workbench: Workbench) -> None:
    topic(workbench)
    made = workbench.one("aws_sns_topic")
    assert made["name"] == "news-dev-ew1" and made["kms_master_key_id"]
    assert json.loads(made["delivery_policy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 10
    subscriptions = workbench.all("aws_sns_topic_subscription")
    assert [(each["protocol"], each["endpoint"]) for each in subscriptions] == [
        ("email", "a@example.com"),
        ("email", "b@example.com"),
    ]


def test_a_message_can_be_addressed_to_one_reader(workbench: Workbench) -> None:
    topic(workbench, addressed_by="owner")
    filters = [json.loads(each["filter_policy"]) for each in workbench.all("aws_sns_topic_subscription")]
    assert filters == [{"owner": ["a@example.com"]}, {"owner": ["b@example.com"]}]


def test_alarms_publish_where_they_are_accepted(workbench: Workbench) -> None:
    made = topic(workbench)
    assert list(statements(workbench.one("aws_sns_topic_policy")["policy"])) == ["DenyWithoutTls"]
    made.accept_alarms()
    found = statements(workbench.one("aws_sns_topic_policy")["policy"])
    assert found["PublishAlarms"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert found["PublishAlarms"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
