"""E-mails in the whole system: few, none lost or duplicated, for any state of SNS and its subscriptions."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import timedelta

import boto3
import pytest
from moto.sns.models import sns_backends

from handlers.common.stores.findings_table import FindingsTable
from handlers.common.stores.mail_queue import Mail
from settings.model import Settings
from settings.resource_names import NameKind
from simulation.aws.account import SimulatedAccount
from simulation.aws.faults import Called, Fault
from simulation.demo import estate
from tests.support.changes import event

KMS = {"SSEAlgorithm": "aws:kms"}
BURST = 400
ALARMS = {"mails-waiting", "mails-urgent-old", "mails-routine-old", "topics-unread", "subscriptions-pending"}


def evaluate(cloud: SimulatedAccount, after: float = 0) -> None:
    """Advances the clock and evaluates changes; messages stay in the queues."""
    cloud.clock.advance(timedelta(seconds=after))
    for region in cloud.regions:
        cloud.config.record(region)
    assert [invocation.error for invocation in cloud.delivery.run() if invocation.error] == []


def encrypt(cloud: SimulatedAccount, name: str, default: dict[str, str]) -> None:
    rules = [{"ApplyServerSideEncryptionByDefault": default}]
    cloud.client("s3").put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})


def open_findings(cloud: SimulatedAccount, count: int, prefix: str = "ledger") -> list[str]:
    names = [f"{prefix}-{number:03}" for number in range(count)]
    for name in names:
        estate.make_bucket(cloud, name, estate.AES256)
    return names


def mailed(cloud: SimulatedAccount) -> list[str]:
    """Returns the transition and the resource of each sent mail, or the number of resources in a digest."""
    subjects = [str(mail.subject) for mail in cloud.mailbox.mails if ":alerts-high-" in mail.topic]
    return [f"{subject.split()[1]} {subject.split()[-1]}" for subject in subjects]


def in_alarm(cloud: SimulatedAccount) -> set[str]:
    """Returns the alarms about mails that are in ALARM."""
    names = {name.removesuffix("-dev-ew1") for name, state in cloud.alarms().items() if state == "ALARM"}
    return names & ALARMS


def wait(cloud: SimulatedAccount, hours: float) -> None:
    cloud.run_until(cloud.clock.now() + timedelta(hours=hours))
    cloud.settle()


def publishing_is_down(_number: int, called: Called) -> Fault | None:
    return Fault.DOWN if called.operation == "Publish" else None


def test_a_finding_fixed_within_the_grace_period_sends_no_mail(deployed: SimulatedAccount) -> None:
    [name] = open_findings(deployed, 1)
    evaluate(deployed)
    encrypt(deployed, name, KMS)
    evaluate(deployed, after=110)
    ran = Counter(invocation.function for invocation in deployed.settle())
    assert (mailed(deployed), ran["notify-dev-ew1"]) == ([], 2)
    wait(deployed, 1)
    assert mailed(deployed) == []
    assert in_alarm(deployed) == set()


def test_a_finding_fixed_after_the_grace_period_sends_two_mails(deployed: SimulatedAccount) -> None:
    [name] = open_findings(deployed, 1)
    evaluate(deployed)
    deployed.clock.advance(timedelta(minutes=3))
    deployed.settle()
    encrypt(deployed, name, KMS)
    evaluate(deployed)
    deployed.settle()
    assert mailed(deployed) == [f"OPENED {name}", f"RESOLVED {name}"]


def test_a_finding_reopened_within_the_grace_period_sends_one_mail(deployed: SimulatedAccount) -> None:
    [name] = open_findings(deployed, 1)
    evaluate(deployed)
    for default in (KMS, estate.AES256):
        encrypt(deployed, name, default)
        evaluate(deployed, after=30)
    deployed.settle()
    assert mailed(deployed) == [f"REOPENED {name}"]


def test_mails_wait_for_a_confirmed_recipient_and_become_a_digest(deployed: SimulatedAccount) -> None:
    for subscription in sns_backends[deployed.account][deployed.region].subscriptions.values():
        if ":alerts-high-" in subscription.topic_arn:
            deployed.mailbox.suspend(subscription)
    open_findings(deployed, 11)
    deployed.record()
    assert "mails-waiting" in in_alarm(deployed)
    wait(deployed, 24)
    assert in_alarm(deployed) == {"mails-waiting", "mails-urgent-old", "topics-unread", "subscriptions-pending"}
    assert mailed(deployed) == []
    assert deployed.published(next(iter(deployed.mailbox.suspended))[0]) == []
    deployed.mailbox.confirm_all()
    wait(deployed, 7)
    assert [each for each in mailed(deployed) if each.startswith("OPENED")] == ["OPENED 11"]
    assert in_alarm(deployed) == set()


def test_a_burst_suspends_no_subscription_and_alerts_every_finding(deployed: SimulatedAccount, dev: Settings) -> None:
    for number in range(BURST):
        deployed.delivery.put(event(f"ledger-{number:03}"))
    deployed.settle()
    assert deployed.mailbox.suspended == {}
    assert mailed(deployed) == [f"OPENED {BURST}"]
    table = dev.name("findings", NameKind.DYNAMODB_TABLE)
    findings, after = FindingsTable(boto3.client("dynamodb", "eu-west-1"), table).page()
    assert (len(findings), after) == (BURST, None)
    assert {(each.status, each.alert_due) for each in findings} == {("OPEN", "")}


def test_an_outage_of_sns_loses_and_duplicates_nothing(deployed: SimulatedAccount) -> None:
    deployed.guardian.faults.choose = publishing_is_down
    first = open_findings(deployed, 3)
    deployed.record()
    wait(deployed, 3)
    second = open_findings(deployed, 2, "letters")
    deployed.record()
    wait(deployed, 3)
    assert mailed(deployed) == []
    assert in_alarm(deployed) >= {"mails-waiting", "mails-urgent-old"}
    deployed.guardian.faults.clear()
    wait(deployed, 1)
    wait(deployed, 1)
    assert sorted(mailed(deployed)) == sorted(f"OPENED {name}" for name in (*first, *second))


def test_a_resolution_during_an_outage_of_sns_is_mailed_once(deployed: SimulatedAccount) -> None:
    [name] = open_findings(deployed, 1)
    deployed.record()
    deployed.guardian.faults.choose = publishing_is_down
    encrypt(deployed, name, KMS)
    deployed.record()
    wait(deployed, 6)
    assert mailed(deployed) == [f"OPENED {name}"]
    deployed.guardian.faults.clear()
    wait(deployed, 1)
    wait(deployed, 1)
    assert mailed(deployed) == [f"OPENED {name}", f"RESOLVED {name}"]


def test_consecutive_full_batches_suspend_no_subscription(
    deployed: SimulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    [url] = [each["url"] for each in deployed.deployment.attributes("aws_sqs_queue") if "mails-urgent" in each["name"]]
    # Small batches take as little simulated time as full ones in AWS.
    [mapping] = [each for each in deployed.polling._mappings() if "mails-urgent" in each.event_source_arn]
    monkeypatch.setattr(mapping, "_batch_size", 2)
    for number in range(40):
        mail = Mail(
            mail_id=f"{number}", topic="alerts-high", subject="[HIGH] OPENED x", body="B", heading="H", line="L"
        )
        deployed.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(asdict(mail)))
    deployed.settle()
    assert deployed.mailbox.suspended == {}
    assert len(deployed.mailbox.mails) == 25, "ten single mails, then a digest per batch of two"
