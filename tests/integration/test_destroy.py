"""Destroying a deployment removes all of its resources and no others, in any order that Terraform allows."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from modules.app import synthesize
from settings.load import load
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.demo import estate
from tests.conftest import ROOT
from tests.support.inventory import inventory

AWAY = "eu-central-1"


def used(cloud: SimulatedAccount, settings: Settings) -> None:
    """Uses the deployment for a day, after which buckets, table and queue are not empty."""
    cloud.record()
    cloud.run_until(cloud.clock.now() + timedelta(days=1))
    queues = cloud.deployment.attributes("aws_sqs_queue")
    (queue,) = [each["url"] for each in queues if each["name"].startswith("compliance-failures")]
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
    bucket = f"compliance-reports-{settings.deployment.label}"
    assert cloud.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] > 3
    assert cloud.client("dynamodb").scan(TableName=f"findings-{settings.deployment.label}")["Count"] > 0


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in (2, 3))])
def test_destroy_removes_the_system_and_keeps_the_client_s_resources(
    seed: int, deployed: SimulatedAccount, dev: Settings
) -> None:
    cloud = deployed
    own = inventory(cloud)
    estate.seed(cloud, dev)
    other = inventory(cloud) - own
    assert len(other) >= 20
    assert {kind for kind, _, _ in own} >= {
        "recorder",
        "channel",
        "rule",
        "bucket",
        "topic",
        "queue",
        "function",
        "key",
    }
    used(cloud, dev)
    count = len(cloud.deployment.resources)
    assert cloud.destroy(random.Random(seed).choice) == count
    assert inventory(cloud) == other


def test_the_key_is_pending_deletion(deployed: SimulatedAccount) -> None:
    key = deployed.deployment.attributes("aws_kms_key")[0]["key_id"]
    deployed.destroy()
    state = deployed.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    assert state == "PendingDeletion"


def test_a_late_invocation_creates_no_log_group(deployed: SimulatedAccount) -> None:
    group = "/aws/lambda/score-dev-ew1"
    deployed.client("logs").delete_log_group(logGroupName=group)
    deployed.fire("score-on-schedule-dev-ew1")
    assert ("log group", "eu-west-1", group) not in inventory(deployed)
    refused = [use for use in deployed.guardian.uses if use.action == "logs:CreateLogGroup"]
    assert [use.allowed for use in refused] == [False] * len(refused)
    assert refused


def test_an_unconfirmed_subscription_is_removed_with_its_topic(deployed: SimulatedAccount) -> None:
    for _, attributes in deployed.deployment.resources.values():
        if attributes.get("protocol") == "email":
            attributes["arn"] = "PendingConfirmation"
    before = len([kind for kind, _, _ in inventory(deployed) if kind == "subscription"])
    assert before > 5
    deployed.destroy()
    assert not [kind for kind, _, _ in inventory(deployed) if kind in ("subscription", "topic")]


@pytest.fixture
def variant(tmp_path: Path, dev: Settings) -> Callable[..., Path]:
    def made(name: str, **changes: object) -> Path:
        settings = load(ROOT / "environments" / "dev.toml").model_copy(update=changes)
        synthesize([settings], tmp_path / name)
        return tmp_path / name / "stacks" / settings.stack_name

    return made


def test_an_existing_recorder_is_never_changed(
    cloud: SimulatedAccount, dev: Settings, variant: Callable[..., Path]
) -> None:
    config = cloud.client("config", AWAY)
    config.put_configuration_recorder(
        ConfigurationRecorder={"name": "theirs", "roleARN": "arn:aws:iam::111122223333:role/x"}
    )
    cloud.client("s3").create_bucket(
        Bucket="their-config", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    config.put_delivery_channel(DeliveryChannel={"name": "theirs", "s3BucketName": "their-config"})
    config.start_configuration_recorder(ConfigurationRecorderName="theirs")

    def recorder() -> list[object]:
        status = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
        return [
            config.describe_configuration_recorders()["ConfigurationRecorders"],
            config.describe_delivery_channels()["DeliveryChannels"],
            [(each["name"], each["recording"]) for each in status],
        ]

    before, resources = recorder(), inventory(cloud)
    cloud.deploy(variant("existing", recorder={"eu-west-1": "create", AWAY: "existing"}))
    assert recorder() == before
    assert ("rule", AWAY, "ec2-instance-type-approved-dev-ew1") in inventory(cloud)
    cloud.destroy(random.Random(4).choice)
    assert recorder() == before
    assert inventory(cloud) == resources


def test_a_region_that_is_no_longer_monitored_is_left_empty(
    deployed: SimulatedAccount, dev: Settings, variant: Callable[..., Path]
) -> None:
    before = inventory(deployed)
    home = {"monitored_regions": ("eu-west-1",), "recorder": {"eu-west-1": "create"}}
    deployed.deploy(variant("one", **home))
    removed = before - inventory(deployed)
    assert {region for _, region, _ in removed if region} == {AWAY}
    assert [name for kind, region, name in removed if not region] == ["forward-changes-dev-ew1"]
    assert not [thing for thing in inventory(deployed) if thing[1] == AWAY]


def test_aws_rejects_another_order(deployed: SimulatedAccount) -> None:
    """Checks that AWS rejects a deletion without the stack's explicit dependencies."""
    config = deployed.client("config")
    with pytest.raises(ClientError, match="LastDeliveryChannelDeleteFailed"):
        config.delete_delivery_channel(DeliveryChannelName="delivery-channel-dev-ew1")
    with pytest.raises(ClientError, match="targets"):
        deployed.client("events").delete_rule(Name="process-on-change-dev-ew1")
    with pytest.raises(ClientError, match="DeleteConflict"):
        deployed.client("iam").delete_role(RoleName="process-dev-ew1")
