"""Messages of alarms are delivered if the topic and its key allow CloudWatch, and otherwise counted as lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount
from simulation.aws.iam.directory import Directory
from simulation.aws.notices import refused
from tests.support.changes import event

OPERATIONS = "compliance-operations-dev-ew1"
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def ringing(deployed: SimulatedAccount) -> SimulatedAccount:
    """An account in which a function has failed."""
    broken = event(rule="rds-storage-encrypted-dev-ew1")
    broken["detail"]["newEvaluationResult"]["resultRecordedTime"] = "never"
    deployed.delivery.put(broken)
    deployed.settle()
    return deployed


def operations(cloud: SimulatedAccount) -> dict[str, Any]:
    """Returns the topic of the operators."""
    alarms = cloud.deployment.attributes("aws_cloudwatch_metric_alarm")
    (arn,) = {topic for alarm in alarms for topic in alarm["alarm_actions"]}
    (found,) = [topic for topic in cloud.deployment.attributes("aws_sns_topic") if topic["arn"] == arn]
    return found


def without(policy: dict[str, Any], sid: str) -> str:
    return json.dumps(policy | {"Statement": [each for each in policy["Statement"] if each["Sid"] != sid]})


def policy_of(cloud: SimulatedAccount, arn: str) -> dict[str, Any]:
    found = Directory(cloud.account).resource_policy(arn)
    assert found is not None
    return found


def set_topic_policy(cloud: SimulatedAccount, policy: str) -> None:
    cloud.client("sns").set_topic_attributes(
        TopicArn=operations(cloud)["arn"], AttributeName="Policy", AttributeValue=policy
    )


def mailed(cloud: SimulatedAccount) -> set[str]:
    topic = operations(cloud)["arn"]
    return {str(mail.subject) for mail in cloud.mailbox.mails if mail.topic == topic}


def test_an_alarm_is_mailed_once(ringing: SimulatedAccount) -> None:
    sent = ringing.notify()
    assert {notice.alarm for notice in sent} >= {"process-errors-dev-ew1", "compliance-failures-waiting-dev-ew1"}
    assert [notice for notice in sent if notice.lost] == []
    assert mailed(ringing) == {f"ALARM: {notice.alarm}" for notice in sent}
    assert ringing.notify() == []
    assert len(ringing.published(operations(ringing)["arn"])) == len(sent)


def test_a_topic_policy_without_cloudwatch_loses_the_message(ringing: SimulatedAccount) -> None:
    topic = operations(ringing)["arn"]
    set_topic_policy(ringing, without(policy_of(ringing, topic), "PublishAlarms"))
    lost = {str(notice.lost) for notice in ringing.notify()}
    reason = "because no resource-based policy allows the sns:Publish action"
    assert lost == {f"cloudwatch.amazonaws.com is not authorized to perform: sns:Publish on resource: {topic} {reason}"}
    assert mailed(ringing) == set()
    assert {str(notice.lost) for notice in ringing.notices} == lost


def test_a_topic_policy_for_another_account_loses_the_message(ringing: SimulatedAccount) -> None:
    text = json.dumps(policy_of(ringing, operations(ringing)["arn"]))
    set_topic_policy(ringing, text.replace(f'"aws:SourceAccount": "{ringing.account}"', '"aws:SourceAccount": "1"'))
    assert all("sns:Publish" in str(notice.lost) for notice in ringing.notify())


def test_a_key_policy_without_cloudwatch_loses_the_message(ringing: SimulatedAccount) -> None:
    key = operations(ringing)["kms_master_key_id"]
    policy = without(policy_of(ringing, key), "EncryptAlarmMessages")
    ringing.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    reason = f"kms:GenerateDataKey on resource: {key} because no resource-based policy allows"
    sent = ringing.notify()
    assert sent and all(reason in str(notice.lost) for notice in sent)
    assert mailed(ringing) == set()


def test_the_default_topic_policy_allows_the_account_s_alarms(cloud: SimulatedAccount) -> None:
    topic = cloud.client("sns").create_topic(Name="news")["TopicArn"]
    alarm = f"arn:aws:cloudwatch:eu-west-1:{cloud.account}:alarm:a"
    assert refused(Directory(cloud.account), alarm, topic) is None
    assert "because there is no resource-based policy" in str(refused(Directory(cloud.account), alarm, f"{topic}-gone"))
