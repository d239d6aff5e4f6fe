import json
from typing import Any

import boto3
import pytest

from handlers.common.model.events import ForeignAccountError
from handlers.common.model.transitions import AlertInProgressError
from handlers.common.runtime import clients
from handlers.common.runtime.naming import UnknownRuleError
from handlers.common.stores.findings_table import KEY
from handlers.process.app import handler
from tests.handlers.conftest import StandingClock
from tests.handlers.process.test_alert import environment
from tests.support.changes import event
from tests.support.mailing import MailQueue


@pytest.fixture
def queue(aws: None, monkeypatch: pytest.MonkeyPatch) -> MailQueue:
    boto3.client("dynamodb", "eu-west-1").create_table(
        TableName="findings",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
    )
    found = MailQueue("mails-urgent")
    for name, value in environment(mail_queues={"urgent": found.url, "routine": "none"}).to_variables().items():
        monkeypatch.setenv(name, value)
    return found


def test_repeated_event_alerts_once(queue: MailQueue, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        handler(event(), None)
    assert len(queue.subjects()) == 1
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["Severity"], line["FindingsOpened"]) for line in written] == [("HIGH", 1)]


def test_alerts_opening_resolution_and_reopening(queue: MailQueue) -> None:
    for minute, compliance_type in enumerate(["NON_COMPLIANT", "COMPLIANT", "NON_COMPLIANT"]):
        handler(event(compliance_type=compliance_type, ordering=f"2026-03-01T00:0{minute}:00Z"), None)
    assert [subject.split()[1] for subject in queue.subjects()] == ["OPENED", "RESOLVED", "REOPENED"]


def test_compliant_resource_is_not_reported(queue: MailQueue) -> None:
    handler(event(compliance_type="COMPLIANT"), None)
    assert queue.subjects() == []


def test_alert_that_failed_is_sent_by_the_retry(
    queue: MailQueue, time: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise ConnectionError("SQS cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(clients, "sqs", broken)
        with pytest.raises(ConnectionError):
            handler(event(), None)
    with pytest.raises(AlertInProgressError):
        handler(event(), None)
    time.pass_by(61)
    handler(event(), None)
    handler(event(), None)
    assert len(queue.subjects()) == 1


def test_unknown_rule_is_refused(queue: MailQueue) -> None:
    with pytest.raises(UnknownRuleError):
        handler(event(rule="someone-elses-rule"), None)


MEMBER, MEMBER_S_RULE = "222233334444", "OrgConfigRule-s3-bucket-default-encryption-kms-dev-ew1-a1b2c3d4"


def test_a_change_in_a_member_account_is_processed(queue: MailQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMBERS", "true")
    handler(event(rule=MEMBER_S_RULE, account=MEMBER), None)
    [mail] = queue.mails()
    assert f"account {MEMBER}, eu-west-1" in mail.body


@pytest.mark.parametrize(("members", "excluded"), [("false", "[]"), ("true", f'["{MEMBER}"]')])
def test_other_accounts_are_refused(
    members: str, excluded: str, queue: MailQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMBERS", members)
    monkeypatch.setenv("EXCLUDED_ACCOUNTS", excluded)
    with pytest.raises(ForeignAccountError, match=MEMBER):
        handler(event(rule=MEMBER_S_RULE, account=MEMBER), None)
    assert queue.subjects() == []


@pytest.mark.parametrize("ending", ["", "-a1b2c3d", "-a1b2c3d4e", "-A1B2C3D4", "-a1b2c3d4-dev-ew1"])
def test_a_name_similar_to_a_member_s_rule_is_rejected(
    ending: str, queue: MailQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMBERS", "true")
    with pytest.raises(UnknownRuleError):
        handler(event(rule=MEMBER_S_RULE.removesuffix("-a1b2c3d4") + ending, account=MEMBER), None)
