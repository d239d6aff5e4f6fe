import json
from typing import Any

import boto3
import pytest
from moto.sns.models import sns_backends

from handlers.common import clients
from handlers.common.events import ForeignAccountError
from handlers.common.names import UnknownRuleError
from handlers.common.register import KEY
from handlers.common.transitions import AlertInProgressError
from handlers.process.app import handler
from tests.handlers.changes import ACCOUNT, event
from tests.handlers.conftest import StandingClock
from tests.handlers.process.test_alert import environment


class Topic:
    """The topic of the severity HIGH, read as its subscribers do."""

    def __init__(self) -> None:
        self.arn: str = boto3.client("sns", "eu-west-1").create_topic(Name="alerts")["TopicArn"]

    def subjects(self) -> list[str]:
        topic = sns_backends[ACCOUNT]["eu-west-1"].topics[self.arn]
        return [str(sent[2]) for sent in topic.sent_notifications]


@pytest.fixture
def topic(aws: None, monkeypatch: pytest.MonkeyPatch) -> Topic:
    boto3.client("dynamodb", "eu-west-1").create_table(
        TableName="findings",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
    )
    for name, value in environment().to_variables().items():
        monkeypatch.setenv(name, value)
    return Topic()


def test_alerts_once_however_often_the_event_comes(topic: Topic, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        handler(event(), None)
    assert len(topic.subjects()) == 1
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["Severity"], line["FindingsOpened"]) for line in written] == [("HIGH", 1)]


def test_tells_opening_resolution_and_return(topic: Topic) -> None:
    for minute, compliance_type in enumerate(["NON_COMPLIANT", "COMPLIANT", "NON_COMPLIANT"]):
        handler(event(compliance_type=compliance_type, ordering=f"2026-03-01T00:0{minute}:00Z"), None)
    assert [subject.split()[1] for subject in topic.subjects()] == ["OPENED", "RESOLVED", "REOPENED"]


def test_compliant_resource_is_not_told(topic: Topic) -> None:
    handler(event(compliance_type="COMPLIANT"), None)
    assert topic.subjects() == []


def test_alert_that_failed_is_sent_by_the_retry(
    topic: Topic, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise ConnectionError("SNS cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(clients, "sns", broken)
        with pytest.raises(ConnectionError):
            handler(event(), None)
    with pytest.raises(AlertInProgressError):
        handler(event(), None)
    time.pass_by(61)
    handler(event(), None)
    handler(event(), None)
    assert len(topic.subjects()) == 1


def test_unknown_rule_is_refused(topic: Topic) -> None:
    with pytest.raises(UnknownRuleError):
        handler(event(rule="somebody-elses-rule"), None)


MEMBER, MEMBER_S_RULE = "222233334444", "OrgConfigRule-s3-bucket-default-encryption-kms-dev-ew1-a1b2c3d4"


def test_a_member_of_the_organization_is_heard(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMBERS", "true")
    handler(event(rule=MEMBER_S_RULE, account=MEMBER), None)
    [sent] = sns_backends[ACCOUNT]["eu-west-1"].topics[topic.arn].sent_notifications
    assert f"account {MEMBER}, eu-west-1" in sent[1]


@pytest.mark.parametrize(("members", "excluded"), [("false", "[]"), ("true", f'["{MEMBER}"]')])
def test_other_accounts_are_refused(members: str, excluded: str, topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMBERS", members)
    monkeypatch.setenv("EXCLUDED_ACCOUNTS", excluded)
    with pytest.raises(ForeignAccountError, match=MEMBER):
        handler(event(rule=MEMBER_S_RULE, account=MEMBER), None)
    assert topic.subjects() == []


@pytest.mark.parametrize("ending", ["", "-a1b2c3d", "-a1b2c3d4e", "-A1B2C3D4", "-a1b2c3d4-dev-ew1"])
def test_a_name_that_only_resembles_a_member_s_rule_is_refused(
    ending: str, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMBERS", "true")
    with pytest.raises(UnknownRuleError):
        handler(event(rule=MEMBER_S_RULE.removesuffix("-a1b2c3d4") + ending, account=MEMBER), None)
