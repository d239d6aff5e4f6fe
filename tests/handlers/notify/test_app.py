"""Mails are sent once, few at a time, and wait for a confirmed subscription."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.sns.models import sns_backends

from handlers.common.model.events import MalformedEventError
from handlers.common.model.waiver import OWNER_ATTRIBUTE
from handlers.common.runtime import clients
from handlers.common.stores.findings_table import KEY
from handlers.common.stores.journal import Journal
from handlers.common.stores.mail_queue import Mail
from handlers.notify import app
from handlers.notify.app import SINGLE_MAILS, handler
from handlers.notify.environment import NotifyEnvironment
from tests.handlers.conftest import StandingClock
from tests.support.changes import ACCOUNT
from tests.support.trails import TABLE, make_journal

READER = "reader@example.com"


class Notify:
    """The function, its topics and its time."""

    def __init__(self, time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
        make_journal()
        boto3.client("dynamodb", "eu-west-1").create_table(
            TableName="findings",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
        )
        self.sns: Any = boto3.client("sns", "eu-west-1")
        self.topics = {name: self.sns.create_topic(Name=name)["TopicArn"] for name in ("alerts-high", "waiver-owners")}
        environment = NotifyEnvironment(
            environment="dev",
            environment_suffix="ew1",
            topics=self.topics,
            findings_table="findings",
            journal_table=TABLE,
        )
        for name, value in environment.to_variables().items():
            monkeypatch.setenv(name, value)
        self.slept: list[float] = []
        self.left_milliseconds = 120_000
        monkeypatch.setattr(app, "time", SimpleNamespace(sleep=self.slept.append))

    def subscribe(self, topic: str, address: str = READER) -> Any:
        answer = self.sns.subscribe(TopicArn=self.topics[topic], Protocol="email", Endpoint=address)
        return sns_backends[ACCOUNT]["eu-west-1"].subscriptions[answer["SubscriptionArn"]]

    def run(self, mails: Sequence[Mail | str]) -> list[str]:
        """Delivers the mails as a batch, with their index as message ID; returns the IDs that stay."""
        bodies = [each if isinstance(each, str) else written(each) for each in mails]
        records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: self.left_milliseconds)
        answer = handler({"Records": records}, context)
        assert answer is not None
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    def sent(self, topic: str = "alerts-high") -> list[tuple[str, str]]:
        found = sns_backends[ACCOUNT]["eu-west-1"].topics[self.topics[topic]].sent_notifications
        return [(str(each[2]), str(each[1])) for each in found]

    def subjects(self) -> list[str]:
        return [subject for subject, _ in self.sent()]


def written(mail: Mail) -> str:
    return json.dumps(asdict(mail))


def mail(number: int, rule: str = "S3", **changes: Any) -> Mail:
    given: dict[str, Any] = {
        "mail_id": f"{rule}-{number}",
        "topic": "alerts-high",
        "subject": f"[HIGH] OPENED dev-ew1: {rule}: bucket-{number}",
        "body": f"bucket-{number} is open\n",
        "heading": f"[HIGH] OPENED dev-ew1: {rule}",
        "line": f"AWS::S3::Bucket bucket-{number}",
        "more": ["The next report lists all findings"],
    }
    return Mail(**(given | changes))


@pytest.fixture
def notify(aws: None, time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> Notify:
    made = Notify(time, monkeypatch)
    made.subscribe("alerts-high")
    return made


def test_few_mails_are_sent_one_by_one_with_a_pause_before_each(notify: Notify) -> None:
    assert notify.run([mail(number) for number in range(SINGLE_MAILS)]) == []
    assert notify.sent() == [(mail(number).subject, mail(number).body) for number in range(SINGLE_MAILS)]
    assert notify.slept == [0.5] * SINGLE_MAILS


def test_more_mails_make_one_digest_per_heading(notify: Notify) -> None:
    mails = [mail(number) for number in range(412)] + [mail(number, "RDS") for number in range(3)]
    assert notify.run(mails) == []
    (subject, body), (other, _) = notify.sent()
    assert subject == "[HIGH] OPENED dev-ew1: S3: 412"
    assert other == "[HIGH] OPENED dev-ew1: RDS: 3"
    assert body.count("- AWS::S3::Bucket") == 20
    assert "… and 392 more\n\nThe next report lists all findings\n" in body


def test_many_headings_are_one_digest(notify: Notify) -> None:
    assert notify.run([mail(number, f"rule {number % 100}") for number in range(400)]) == []
    [(subject, body)] = notify.sent()
    assert subject.endswith(", and 99 other kinds: 400")
    assert "and 50 more kinds" in body
    assert len(body.encode()) < 256 * 1024, "SNS's limit"


def test_batches_of_one_window_share_its_single_mails(notify: Notify, time: StandingClock) -> None:
    notify.run([mail(number) for number in range(7)])
    notify.run([mail(number) for number in range(7, 14)])
    assert len(notify.subjects()) == 7 + 1
    time.pass_by(300)
    notify.run([mail(number) for number in range(14, 21)])
    assert len(notify.subjects()) == 7 + 1 + 7


def test_a_redelivered_mail_is_sent_once(notify: Notify) -> None:
    assert notify.run([mail(1), mail(1)]) == []
    assert notify.run([mail(1), mail(2)]) == []
    assert notify.subjects() == [mail(1).subject, mail(2).subject]


@pytest.mark.parametrize("pending", [True, False])
def test_without_a_confirmed_recipient_mails_wait_for_one_digest(notify: Notify, pending: bool) -> None:
    subscription = next(iter(sns_backends[ACCOUNT]["eu-west-1"].subscriptions.values()))
    arn = subscription.arn
    if pending:
        subscription.arn = "PendingConfirmation"
    else:
        notify.sns.unsubscribe(SubscriptionArn=arn)
    mails = [mail(number) for number in range(30)]
    assert notify.run(mails) == [str(number) for number in range(30)]
    assert notify.sent() == []
    if pending:
        subscription.arn = arn
    else:
        notify.subscribe("alerts-high")
    assert notify.run(mails) == []
    assert notify.subjects() == ["[HIGH] OPENED dev-ew1: S3: 30"]


def test_mails_that_sns_rejects_stay_and_the_rest_is_sent(notify: Notify, monkeypatch: pytest.MonkeyPatch) -> None:
    notify.subscribe("waiver-owners", "owner@example.com")
    real = clients.sns()

    class Refusing:
        def publish(self, **asked: Any) -> Any:
            if asked["Subject"] == mail(2).subject:
                raise ConnectionError("SNS cannot be reached")
            return real.publish(**asked)

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    owner = mail(9, topic="waiver-owners", attributes={OWNER_ATTRIBUTE: "owner@example.com"})
    with monkeypatch.context() as patched:
        patched.setattr(clients, "sns", Refusing)
        assert notify.run([mail(1), mail(2), mail(3), owner]) == ["1", "2"]
    assert notify.subjects() == [mail(1).subject]
    assert len(notify.sent("waiver-owners")) == 1
    assert notify.run([mail(2), mail(3)]) == []
    assert notify.subjects() == [mail(number).subject for number in (1, 2, 3)]


def test_sent_mail_does_not_stay_if_recording_it_fails(notify: Notify, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ConnectionError("DynamoDB cannot be reached")

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "mark", broken)
        assert notify.run([mail(1), mail(2)]) == ["1"]
        assert notify.run([mail(number, "RDS") for number in range(30)]) == []
    assert notify.run([mail(2)]) == []
    first, digest, last = notify.subjects()
    assert (first, last) == (mail(1).subject, mail(2).subject)
    assert digest.endswith("RDS: 30")


def test_an_owner_s_mail_waits_for_that_owner(notify: Notify) -> None:
    notify.subscribe("waiver-owners", "other@example.com")
    owner = mail(1, topic="waiver-owners", attributes={OWNER_ATTRIBUTE: "owner@example.com"})
    assert notify.run([owner]) == ["0"]
    notify.subscribe("waiver-owners", "owner@example.com")
    assert notify.run([owner]) == []


def test_remaining_messages_stay_before_the_timeout(notify: Notify) -> None:
    notify.left_milliseconds = 1_000
    assert notify.run([mail(1), mail(2)]) == ["0", "1"]
    assert notify.sent() == []


MALFORMED = [
    *("", "{", "[]", "null", "{}", '{"subject": "x"}', "[" * 100_000),
    *(json.dumps(asdict(mail(2)) | {name: 7}) for name in ("mail_id", "topic", "attributes", "more")),
    json.dumps(asdict(mail(2)) | {"attributes": {"owner": ["x"]}}),
    *(json.dumps(asdict(mail(2)) | {name: ""}) for name in ("mail_id", "topic", "subject", "body", "heading")),
    *(json.dumps(asdict(mail(2)) | {name: "x" * 2_001}) for name in ("mail_id", "finding_id", "follows")),
    *(json.dumps(asdict(mail(2)) | {name: "\ud800"}) for name in ("mail_id", "subject", "body", "line")),
    json.dumps(asdict(mail(2)) | {"more": ["\ud800"]}),
    json.dumps(asdict(mail(2)) | {"\ud800": 1}),
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_an_invalid_mail_stays_and_does_not_block_others(
    notify: Notify, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert notify.run([body, mail(1)]) == ["0"]
    assert notify.subjects() == [mail(1).subject]
    assert caplog.text.encode()


def test_the_schedule_counts_topics_and_readers(notify: Notify, capsys: pytest.CaptureFixture[str]) -> None:
    notify.subscribe("alerts-high", "second@example.com").arn = "PendingConfirmation"
    assert handler({"detail-type": "Scheduled Event"}, None) is None
    [line] = capsys.readouterr().out.splitlines()
    assert '"UnreadTopics": 1, "PendingSubscriptions": 1' in line


@given(st.text())
def test_any_text_is_a_mail_or_rejected(text: str) -> None:
    with pytest.raises(MalformedEventError):
        Mail.of(text)
