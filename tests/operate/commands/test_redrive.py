import json
from dataclasses import asdict
from typing import Any

import pytest
from moto.sns.models import sns_backends
from moto.sqs.models import Message, sqs_backends

from handlers.common.stores.mail_queue import Mail
from modules.resources.sqs import MAX_RECEIVES
from operate import identity as caller
from operate import waiting
from operate.__main__ import main
from operate.commands import redrive
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.faults import Called, Fault
from simulation.demo import estate
from tests.support import further_rules

RULE = "s3-bucket-default-encryption-kms"


@pytest.fixture(autouse=True)
def signed_in(dev: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "WAIT_SECONDS", 0)
    monkeypatch.setattr(redrive, "identified", caller.identified)
    monkeypatch.setattr(redrive, "settings_of", lambda _arguments: dev)


def sending_is_down(_number: int, called: Called) -> Fault | None:
    return Fault.DOWN if (called.function, called.operation) == ("process-dev-ew1", "SendMessage") else None


def run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(("redrive", "dev", *arguments)) == code, capsys.readouterr()
    said = capsys.readouterr()
    return str(said.out + said.err)


def depth(cloud: SimulatedAccount, dev: Settings) -> int:
    url = waiting.FailureQueue.of(dev).url
    found = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"])


def alerts(cloud: SimulatedAccount) -> list[str]:
    topics = cloud.client("sns").list_topics()["Topics"]
    return [mail["subject"] for topic in topics for mail in cloud.published(topic["TopicArn"])]


@pytest.fixture
def failed(deployed: SimulatedAccount, dev: Settings) -> SimulatedAccount:
    """Two alerts that could not be sent."""
    further_rules.remove(deployed, dev)
    deployed.guardian.faults.choose = sending_is_down
    for name in ("ledger", "letters"):
        estate.make_bucket(deployed, name, estate.AES256)
        deployed.record()
    return deployed


def test_what_failed_is_given_again_and_processed(
    failed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (depth(failed, dev), alerts(failed)) == (2, [])
    failed.guardian.faults.clear()
    said = run(capsys)
    assert "process-dev-ew1  ClientError: An error occurred" in said
    assert "2 sent to their functions, 0 remaining" in said
    failed.settle()
    assert depth(failed, dev) == 0
    assert ["ledger" in subject for subject in alerts(failed)] == [True, False]


def test_given_twice_is_once(failed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    [first, _] = waiting.FailureQueue.of(dev).messages()
    failed.guardian.faults.clear()
    for _ in range(2):
        failed.delivery.invoke(first.function, first.event)
    failed.settle()
    assert len(alerts(failed)) == 1


def test_what_still_fails_waits_again_with_its_event(
    failed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = waiting.FailureQueue.of(dev)
    before = queue.messages()
    for message in before:
        queue.put_back(message)
    run(capsys)
    assert depth(failed, dev) == 0
    failed.settle()
    assert [each.event for each in queue.messages()] == [each.event for each in before]


def test_looking_changes_nothing(failed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    said = run(capsys, "--list")
    assert said.count("process-dev-ew1") == 2
    assert "0 sent to their functions, 2 remaining" in said
    assert depth(failed, dev) == 2


def test_one_may_be_given_and_one_dropped(
    failed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (line.split()[0] for line in run(capsys, "--list").splitlines()[:2])
    failed.guardian.faults.clear()
    assert "1 sent to their functions, 1 remaining" in run(capsys, "--only", first)
    said = run(capsys, "--drop", second)
    assert "1 dropped, 0 remaining" in said
    assert json.loads(said.splitlines()[1])["detail"]["configRuleName"] == f"{RULE}-dev-ew1"
    failed.settle()
    assert len(alerts(failed)) == 1


def test_an_unknown_id_is_said_and_all_stay(
    failed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(capsys, "--only", "nonesuch", code=2)
    assert "nonesuch: no such message; allowed: an ID of --list" in said
    assert depth(failed, dev) == 2


def sent(cloud: SimulatedAccount, body: str, **attributes: str) -> None:
    typed: Any = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="compliance-failures-dev-ew1")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=typed)


def test_what_eventbridge_could_not_deliver(
    deployed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    target = f"arn:aws:lambda:eu-west-1:{deployed.account}:function:evaluate-dev-ew1"
    sent(deployed, json.dumps({"id": "1", "detail": {}}), TARGET_ARN=target, ERROR_CODE="NO_PERMISSIONS")
    assert "evaluate-dev-ew1  not delivered: NO_PERMISSIONS" in run(capsys)
    assert deployed.settle()[0].function == "evaluate-dev-ew1"


@pytest.mark.parametrize("body", ["not JSON", "[]", "{}", '{"requestPayload": {}}'])
def test_what_is_of_no_known_form_stays(
    deployed: SimulatedAccount, dev: Settings, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sent(deployed, body)
    assert "not sent: not for a function of dev-ew1" in run(capsys, code=1)
    assert depth(deployed, dev) == 1


URGENT, ROUTINE = "mails-urgent-dev-ew1", "mails-routine-dev-ew1"


def in_queue(cloud: SimulatedAccount, name: str) -> list[Message]:
    return list(sqs_backends[cloud.account]["eu-west-1"].queues[name]._messages)


def a_mail() -> Mail:
    return Mail(
        mail_id="m", topic="alerts-high", subject="A subject", body="Text", heading="Heading", line="Line", more=[]
    )


def given_up(cloud: SimulatedAccount, name: str) -> Mail:
    """Has SQS move a mail to the failure queue: its topic has no confirmed subscription for too long."""
    subscriptions = sns_backends[cloud.account]["eu-west-1"].subscriptions.values()
    [reader] = [each for each in subscriptions if ":alerts-high-" in each.topic_arn]
    cloud.mailbox.suspend(reader)
    queue = sqs_backends[cloud.account]["eu-west-1"].queues[name]
    mail = a_mail()
    cloud.client("sqs").send_message(QueueUrl=queue_url(cloud, name), MessageBody=json.dumps(asdict(mail)))
    queue._messages[0].approximate_receive_count = MAX_RECEIVES
    cloud.settle()
    assert queue._messages == []
    return mail


def queue_url(cloud: SimulatedAccount, name: str) -> str:
    return str(cloud.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])


@pytest.mark.parametrize("name", [URGENT, ROUTINE])
def test_a_mail_that_sqs_gave_up_goes_back_and_is_sent_once(
    deployed: SimulatedAccount, dev: Settings, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = given_up(deployed, name)
    assert depth(deployed, dev) == 1
    assert "  notify  A subject\n0 sent to their functions, 1 remaining" in run(capsys, "--list")
    assert "1 sent to their functions, 0 remaining" in run(capsys)
    assert depth(deployed, dev) == 0
    [message] = in_queue(deployed, name)
    assert (Mail.of(message.body), message.approximate_receive_count) == (mail, 0)
    deployed.mailbox.confirm_all()
    for _ in range(2):
        deployed.settle()
    assert [each.subject for each in deployed.mailbox.mails] == ["A subject"]


@pytest.mark.parametrize("source", ["", "arn:aws:sqs:eu-west-1:111122223333:someone-else"])
def test_a_mail_of_an_unknown_queue_goes_into_the_urgent_one(
    deployed: SimulatedAccount, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = a_mail()
    sent(deployed, json.dumps(asdict(mail)))
    vars(in_queue(deployed, "compliance-failures-dev-ew1")[0]).update({"source": source} if source else {})
    run(capsys)
    assert [Mail.of(message.body) for message in in_queue(deployed, URGENT)] == [mail]


def test_a_mail_whose_queue_is_gone_stays(
    deployed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    given_up(deployed, ROUTINE)
    deployed.client("sqs").delete_queue(QueueUrl=queue_url(deployed, ROUTINE))
    assert "not sent: An error occurred" in run(capsys, code=1)
    assert depth(deployed, dev) == 1


def test_a_mail_may_be_dropped(deployed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    given_up(deployed, ROUTINE)
    identity = run(capsys, "--list").split()[0]
    assert '"subject": "A subject"' in run(capsys, "--drop", identity)
    assert depth(deployed, dev) == 0
    assert in_queue(deployed, ROUTINE) == []


def test_another_deployment_s_function_is_not_called(
    deployed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    sent(deployed, "{}", TARGET_ARN="arn:aws:lambda:eu-west-1:111122223333:function:someone-else")
    run(capsys, code=1)
    assert deployed.settle() == []


def test_a_function_that_is_gone_leaves_the_message(
    deployed: SimulatedAccount, dev: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    sent(deployed, "{}", TARGET_ARN=f"arn:aws:lambda:eu-west-1:{deployed.account}:function:gone-dev-ew1")
    assert "ResourceNotFoundException" in run(capsys, code=1)
    assert depth(deployed, dev) == 1


def test_without_a_queue_there_is_nothing_deployed(cloud: SimulatedAccount, capsys: pytest.CaptureFixture[str]) -> None:
    assert "the queue compliance-failures-dev-ew1 does not exist in eu-west-1: deploy first" in run(capsys, code=2)
