from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from handlers.common.runtime.clients import client
from operate import recorders, samples
from operate.checks import Check, Status
from operate.commands import preflight
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from tests.support.example import with_three_rules


@pytest.fixture
def ready(cloud: SimulatedAccount, dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimulatedAccount:
    """An account in which nothing is missing, and a machine that has what it needs."""
    place = {"CreateBucketConfiguration": {"LocationConstraint": dev.home_region}}
    cloud.client("s3").create_bucket(Bucket=dev.state.bucket, **place)
    key = cloud.client("kms").create_key()["KeyMetadata"]["KeyId"]
    cloud.client("kms").create_alias(AliasName=dev.state.kms_key, TargetKeyId=key)
    (tmp_path / "cdktf").write_text("")
    monkeypatch.setattr(preflight, "CDKTF", tmp_path / "cdktf")
    terraform(tmp_path, monkeypatch, '{"terraform_version": "1.11.4"}')
    monkeypatch.setattr(samples, "left", lambda _settings: iter(()))
    return cloud


def terraform(folder: Path, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    program = folder / "terraform"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def broken(settings: Settings, action: str = "deploy") -> list[Check]:
    return [check for check in preflight.checked(settings, action) if check.status == Status.BROKEN]


def only(settings: Settings, action: str = "deploy") -> Check:
    [check] = broken(settings, action)
    assert check.remedy
    return check


def test_nothing_is_missing_before_the_first_deployment(ready: SimulatedAccount, dev: Settings) -> None:
    checks = list(preflight.checked(dev, "deploy"))
    assert [check for check in checks if check.status != Status.OK] == []
    assert [check.what for check in checks if "recorder" in check.what] == [
        "eu-west-1: no recorder exists, so one can be created",
        "eu-central-1: no recorder exists, so one can be created",
    ]


def test_nothing_is_missing_before_the_next_one_but_confirmations(
    ready: SimulatedAccount, dev: Settings, stacks: dict[str, Path]
) -> None:
    ready.deploy(stacks["dev"])
    assert broken(dev) == []
    checks = [check for check in preflight.checked(dev, "deploy") if "confirmed" in check.what]
    assert len(checks) == 6


@pytest.mark.parametrize(
    ("says", "what"),
    [
        ('{"terraform_version": "1.10.5"}', "terraform 1.10.5 is too old"),
        ('{"terraform_version": "1.9.0"}', "terraform 1.9.0 is too old"),
        ("{}", "terraform version failed"),
        ("no json", "terraform version failed"),
    ],
)
def test_an_old_terraform(
    says: str, what: str, ready: SimulatedAccount, dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform(tmp_path, monkeypatch, says)
    check = only(dev)
    assert check.what.startswith(what)
    assert "1.11.0 or newer" in check.remedy


@pytest.mark.parametrize("version", ["1.11.0", "1.12.0-rc1", "2.0.0"])
def test_a_new_terraform(
    version: str, ready: SimulatedAccount, dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform(tmp_path, monkeypatch, f'{{"terraform_version": "{version}"}}')
    assert broken(dev) == []


def test_no_programs(ready: SimulatedAccount, dev: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(preflight, "CDKTF", tmp_path / "nowhere")
    assert [check.what for check in broken(dev)] == ["terraform is not on PATH", "cdktf is not installed"]


def test_credentials_of_another_account(ready: SimulatedAccount, dev: Settings) -> None:
    other = dev.model_copy(update={"account_id": "999988887777"})
    assert only(other).what == "the credentials are for account 111122223333, account_id is 999988887777"


def test_no_credentials(ready: SimulatedAccount, dev: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import NoCredentialsError

    def refuse(*_: Any) -> Any:
        raise NoCredentialsError

    monkeypatch.setattr(preflight, "client", refuse)
    check = only(dev)
    assert "Unable to locate credentials" in check.what
    assert "sign in" in check.remedy


def test_no_state(cloud: SimulatedAccount, ready: SimulatedAccount, dev: Settings) -> None:
    cloud.client("s3").delete_bucket(Bucket=dev.state.bucket)
    cloud.client("kms").delete_alias(AliasName=dev.state.kms_key)
    checks = broken(dev, "diff")
    assert [check.what for check in checks] == [
        "the state bucket terraform-state-111122223333 does not exist",
        "the state key alias/terraform-state does not exist",
    ]
    assert all("npx cdktf deploy state-backend-dev" in check.remedy for check in checks)


def test_a_bucket_name_that_someone_else_has(
    ready: SimulatedAccount, dev: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = boto3.client("s3", "eu-west-1")
    head = s3.head_bucket

    def taken(Bucket: str, **more: Any) -> Any:
        if Bucket == "compliance-delivery-dev-ew1":
            raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")
        return head(Bucket=Bucket, **more)

    monkeypatch.setattr(s3, "head_bucket", taken)
    monkeypatch.setattr(preflight, "client", lambda service, region: s3 if service == "s3" else client(service, region))
    check = only(dev)
    assert check.what == "the bucket compliance-delivery-dev-ew1 belongs to another account or is not accessible: 403"
    assert "environment_suffix" in check.remedy


def test_no_delivery_bucket_is_looked_for_where_every_recorder_exists(ready: SimulatedAccount, dev: Settings) -> None:
    given = dev.model_copy(update={"recorder": {"eu-west-1": "existing", "eu-central-1": "existing"}})
    names = [check.what for check in preflight.checked(given, "deploy") if "bucket name" in check.what]
    assert [name.split()[3] for name in names] == ["compliance-reports-dev-ew1"]


def recorder(region: str, *types: str, name: str = "default") -> None:
    config = boto3.client("config", region)
    group = {"allSupported": False, "resourceTypes": list(types)}
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": name,
            "roleARN": "arn:aws:iam::111122223333:role/config",
            "recordingGroup": group if types else {"allSupported": True},
        }
    )
    config.put_delivery_channel(DeliveryChannel={"name": name, "s3BucketName": "someone-s"})
    config.start_configuration_recorder(ConfigurationRecorderName=name)


def test_a_recorder_that_is_not_ours(ready: SimulatedAccount, dev: Settings) -> None:
    recorder("eu-central-1")
    check = only(dev)
    assert check.what == "eu-central-1: AWS Config has a recorder of another owner: default, channel default"
    assert 'recorder = {eu-west-1 = "create", eu-central-1 = "existing"}' in check.remedy


@pytest.fixture
def existing(dev: Settings) -> Iterator[Settings]:
    yield dev.model_copy(update={"recorder": {"eu-west-1": "create", "eu-central-1": "existing"}})


def test_an_existing_recorder_of_all_types_will_do(ready: SimulatedAccount, existing: Settings) -> None:
    recorder("eu-central-1")
    assert broken(existing) == []


def test_an_existing_recorder_that_is_not_there(ready: SimulatedAccount, existing: Settings) -> None:
    assert only(existing).what == 'eu-central-1: no recorder exists, and recorder is "existing"'


def test_an_existing_recorder_that_lacks_types(ready: SimulatedAccount, existing: Settings) -> None:
    needed = {kind for rule in existing.rules_in("eu-central-1").values() for kind in rule.recorded_types}
    recorder("eu-central-1", *sorted(needed - {"AWS::EC2::Instance"}))
    assert only(existing).what == "eu-central-1: recorder default does not record AWS::EC2::Instance"


def test_an_existing_recorder_that_is_stopped(ready: SimulatedAccount, existing: Settings) -> None:
    recorder("eu-central-1")
    boto3.client("config", "eu-central-1").stop_configuration_recorder(ConfigurationRecorderName="default")
    assert only(existing).what == "eu-central-1: recorder default is stopped"


class Daily:
    """AWS Config of a region whose recorder has a recording mode, which the simulation does not keep."""

    def __init__(self, config: Any, mode: dict[str, Any]) -> None:
        self._config, self._mode = config, mode

    def describe_configuration_recorders(self) -> Any:
        found = self._config.describe_configuration_recorders()["ConfigurationRecorders"]
        return {"ConfigurationRecorders": [each | {"recordingMode": self._mode} for each in found]}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._config, name)


BUCKETS = {"resourceTypes": ["AWS::S3::Bucket"], "recordingFrequency": "CONTINUOUS"}
VOLUMES = {"resourceTypes": ["AWS::EC2::Volume"], "recordingFrequency": "DAILY"}


@pytest.mark.parametrize(
    ("mode", "daily"),
    [
        ({"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": [VOLUMES]}, None),
        ({"recordingFrequency": "DAILY", "recordingModeOverrides": [BUCKETS]}, "AWS::EC2::Instance, AWS::RDS::DBCl"),
        ({"recordingFrequency": "DAILY"}, "AWS::EC2::Instance, AWS::RDS::DBCluster, AWS::RDS::DBInstance, AWS::S3"),
    ],
)
def test_an_existing_recorder_that_records_once_a_day(
    ready: SimulatedAccount,
    existing: Settings,
    monkeypatch: pytest.MonkeyPatch,
    mode: dict[str, Any],
    daily: str | None,
) -> None:
    recorder("eu-central-1")
    config = Daily(boto3.client("config", "eu-central-1"), mode)
    monkeypatch.setattr(recorders, "client", lambda *_: config)
    given = with_three_rules(existing)
    said = [check.what for check in recorders.existing(given, "eu-central-1") if check.status == Status.ATTENTION]
    assert [what.startswith(f"eu-central-1: recorder default records {daily}") for what in said] == [True] * bool(daily)


def test_destroying_asks_for_no_recorder(ready: SimulatedAccount, dev: Settings) -> None:
    recorder("eu-central-1")
    assert broken(dev, "destroy") == []
