from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from handlers.common.runtime import clock
from operate.__main__ import main
from operate.checks import Check, Status
from operate.commands import doctor
from settings.exclusions import ExclusionSettings
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.config import api
from simulation.aws.saved import Saved
from tests.support import further_rules
from tests.support.waivers import waiver


@pytest.fixture(scope="module")
def first_day(estate_recorded: Saved, dev: Settings) -> Saved:
    """The system after its first day, with results of every rule in every region."""
    with estate_recorded.again() as cloud:
        further_rules.place_in_every_region(cloud, dev)
        cloud.record()
        cloud.run_until(cloud.clock.now() + timedelta(days=1))
        cloud.mailbox.confirm_all()  # the estate's findings came at once
        return Saved(cloud)


@pytest.fixture
def working(first_day: Saved, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedAccount]:
    """The system after its first day, at the simulated time."""
    with first_day.again() as cloud:
        monkeypatch.setattr(clock, "_source", cloud.clock.now)
        yield cloud


def ill(settings: Settings) -> list[Check]:
    found = [check for check in doctor.checked(settings) if check.status != Status.OK]
    assert all(check.remedy for check in found)
    return found


def test_a_system_that_works_is_well(working: SimulatedAccount, dev: Settings) -> None:
    checks = list(doctor.checked(dev))
    assert [check for check in checks if check.status != Status.OK] == []
    said = "\n".join(check.what for check in checks)
    for region in dev.monitored_regions:
        assert f"{region}: recorder recorder-dev-ew1 is recording" in said
        for rule in dev.catalogue:
            assert f"{region}: rule {rule} was evaluated at 2026-03-02" in said
    assert "the last report, of 2026-03-01 18:45 UTC, is complete" in said
    assert "the dead-letter queue is empty" in said
    alarms = working.deployment.attributes("aws_cloudwatch_metric_alarm")
    assert f"all {len(alarms)} alarms are OK" in said


def test_a_stopped_recorder(working: SimulatedAccount, dev: Settings) -> None:
    config = boto3.client("config", "eu-central-1")
    config.stop_configuration_recorder(ConfigurationRecorderName="recorder-dev-ew1")
    [check] = ill(dev)
    assert (check.status, check.what) == (Status.BROKEN, "eu-central-1: recorder recorder-dev-ew1 is stopped")


def test_a_rule_that_someone_deleted(working: SimulatedAccount, dev: Settings) -> None:
    name = "ec2-instance-type-approved-dev-ew1"
    boto3.client("config", "eu-west-1").delete_config_rule(ConfigRuleName=name)
    [check] = ill(dev)
    assert check.what == "eu-west-1: rule ec2-instance-type-approved is not deployed"


@pytest.mark.parametrize(("hours", "is_reported"), [(-1, False), (1, True)])
def test_a_rule_that_failed_and_what_has_come_since(
    working: SimulatedAccount, dev: Settings, monkeypatch: pytest.MonkeyPatch, hours: int, is_reported: bool
) -> None:
    """AWS keeps the last failure for good: what counts is whether a success has followed it."""
    status = api._status

    def failed(service: Any, region: str, name: str) -> dict[str, Any]:
        found = status(service, region, name)
        if name.startswith("ec2-") and region == "eu-west-1":
            moment = found["LastSuccessfulEvaluationTime"] + hours * 3600
            found |= {"LastFailedEvaluationTime": moment, "LastErrorCode": "InternalError"}
        return found

    monkeypatch.setattr(api, "_status", failed)
    said = [check.what for check in doctor.checked(dev) if check.status == Status.BROKEN]
    assert said == (["eu-west-1: rule ec2-instance-type-approved fails: InternalError"] if is_reported else [])


def test_silence(working: SimulatedAccount, dev: Settings) -> None:
    working.clock.advance(timedelta(days=2))
    said = [check.what for check in ill(dev)]
    assert "the last report is of 2026-03-01 18:45 UTC" in said
    assert "the last score is of 2026-03-01" in said
    assert "eu-west-1: rule ec2-instance-type-approved was last evaluated at 2026-03-02 00:15 UTC" in said


def test_a_system_that_has_not_begun(
    deployed: SimulatedAccount, dev: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_source", deployed.clock.now)
    found = ill(dev)
    assert {check.status for check in found} == {Status.ATTENTION}
    said = [check.what for check in found]
    assert "no report exists" in said
    assert "no score exists" in said


def test_readers_who_have_not_confirmed(working: SimulatedAccount, dev: Settings) -> None:
    for subscription in sns_backends[working.account]["eu-west-1"].subscriptions.values():
        if subscription.endpoint == "cio-office@example.com":
            subscription.arn = "PendingConfirmation"
    [check] = ill(dev)
    assert check.what == "executive-summary-dev-ew1: not confirmed by cio-office@example.com"
    assert working.account != DEFAULT_ACCOUNT_ID


def test_readers_whose_subscription_a_burst_has_suspended(working: SimulatedAccount, dev: Settings) -> None:
    topics = working.deployment.attributes("aws_sns_topic")
    (arn,) = [each["arn"] for each in topics if each["name"] == "executive-summary-dev-ew1"]
    for _ in range(11):
        working.client("sns").publish(TopicArn=arn, Message="x")
    [check] = ill(dev)
    assert check.what == "executive-summary-dev-ew1: not confirmed by cio-office@example.com"


def test_waiting_failures(working: SimulatedAccount, dev: Settings) -> None:
    queues = working.deployment.attributes("aws_sqs_queue")
    (queue,) = [each["url"] for each in queues if each["name"].startswith("compliance-failures")]
    working.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
    [check] = ill(dev)
    assert check.what == "the dead-letter queue has 1 events"


def test_alarms_that_are_on(working: SimulatedAccount, dev: Settings) -> None:
    working.client("cloudwatch").set_alarm_state(
        AlarmName="report-missing-dev-ew1", StateValue="ALARM", StateReason="test"
    )
    [check] = ill(dev)
    assert check.what.startswith("alarm report-missing-dev-ew1: No report was written for seven hours")


def test_nothing_deployed_is_reported_and_every_check_is_made(cloud: SimulatedAccount, dev: Settings) -> None:
    found = ill(dev)
    said = "\n".join(check.what for check in found)
    assert "eu-west-1: no recorder exists" in said
    assert "last report: could not be checked: NoSuchBucket at ListObjectsV2" in said
    assert "no alarms exist" in said


def test_exit_codes(working: SimulatedAccount, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "dev"]) == 0
    assert "checks passed" in capsys.readouterr().out
    working.clock.advance(timedelta(days=2))
    assert main(["doctor", "dev"]) == 1
    assert main(["doctor", "prod"]) == 2
    assert "account_id is 444455556666" in capsys.readouterr().err


RUNBOOK = Path(__file__).parents[3] / "docs" / "runbook.md"


def test_the_runbook_knows_every_alarm(deployed: SimulatedAccount) -> None:
    headings = {
        line.removeprefix("### ").strip("`") for line in RUNBOOK.read_text().splitlines() if line.startswith("###")
    }
    names = {
        str(alarm["alarm_name"]).removesuffix("-dev-ew1")
        for alarm in deployed.deployment.attributes("aws_cloudwatch_metric_alarm")
    }
    general = {name for name in names if name.endswith(("-errors", "-throttles"))}
    assert names - general == headings - {"<function>-errors", "<function>-throttles"}
    assert {"<function>-errors", "<function>-throttles"} <= headings


@pytest.mark.parametrize(
    ("findings", "status", "what"),
    [
        (0, Status.ATTENTION, "waiver crane is in force and applies to no finding"),
        (2, Status.OK, "every waiver in force applies to findings (1)"),
    ],
)
def test_a_waiver_that_applies_to_no_finding(
    working: SimulatedAccount, dev: Settings, monkeypatch: pytest.MonkeyPatch, findings: int, status: Status, what: str
) -> None:
    listed = [{"id": "crane", "rule": "r", "end": "2026-03-31", "findings": findings}]
    monkeypatch.setattr(doctor, "_document", lambda _settings, _key: {"complete": True, "waivers": listed})
    [_, check] = doctor._report(dev.with_waivers([waiver("crane")]))
    assert (check.status, check.what) == (status, what)
    [last] = doctor._report(dev)
    assert last.what.endswith("is complete")


def test_an_exclusion_that_applies_to_no_resource(
    working: SimulatedAccount, dev: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = dev.rules.s3_bucket_default_encryption_kms
    given = ExclusionSettings(reason="scratch", tags={"stage": "sandbox"})
    rules = dev.rules.model_copy(
        update={"s3_bucket_default_encryption_kms": table.model_copy(update={"exclude": (given,)})}
    )
    listed = [{"id": "excluded-1", "rule": "s3", "resources": 0, "reason": "scratch"}]
    monkeypatch.setattr(doctor, "_document", lambda _settings, _key: {"complete": True, "exclusions": listed})
    [_, check] = doctor._report(dev.model_copy(update={"rules": rules}))
    assert (check.status, check.what) == (Status.ATTENTION, "an exclusion from s3 applies to no resource (scratch)")
