from collections.abc import Iterator
from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount
from simulation.aws.config.inventory import live_items
from simulation.aws.mocked import IMAGE

GROUP = "aws:autoscaling:groupName"
TAGS = [{"Key": "team", "Value": "ledger"}]
PLACE = "eu-west-1:111122223333"


@pytest.fixture
def items(cloud: SimulatedAccount) -> Iterator[dict[str, dict[str, Any]]]:
    """The document of one tagged resource of each type."""
    grouped = [{"ResourceType": "instance", "Tags": [*TAGS, {"Key": GROUP, "Value": "workers"}]}]
    cloud.client("ec2").run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, TagSpecifications=grouped)
    s3 = cloud.client("s3")
    for name in ("tagged", "untagged"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_tagging(Bucket="tagged", Tagging={"TagSet": TAGS})
    rds = cloud.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="one",
        Engine="postgres",
        DBInstanceClass="db.m7g.large",
        AllocatedStorage=20,
        BackupRetentionPeriod=0,
        PreferredBackupWindow="01:00-01:30",
        PreferredMaintenanceWindow="sun:03:00-sun:03:30",
        Tags=TAGS,
    )
    rds.modify_db_instance(DBInstanceIdentifier="one", BackupRetentionPeriod=7)
    rds.create_db_cluster(
        DBClusterIdentifier="many",
        Engine="aurora-postgresql",
        MasterUsername="root",
        MasterUserPassword="simulated-only",
        PreferredBackupWindow="01:00-01:30",
        Tags=TAGS,
    )
    found = live_items(cloud.account, cloud.region)
    yield {each.document["resourceName"] or each.resource_id: each.document for each in found}


def test_every_item_has_its_arn_and_tags(items: dict[str, dict[str, Any]]) -> None:
    (instance,) = [name for name in items if name.startswith("i-")]
    assert {name: document["ARN"] for name, document in items.items()} == {
        instance: f"arn:aws:ec2:{PLACE}:instance/{instance}",
        "tagged": "arn:aws:s3:::tagged",
        "untagged": "arn:aws:s3:::untagged",
        "one": f"arn:aws:rds:{PLACE}:db:one",
        "many": f"arn:aws:rds:{PLACE}:cluster:many",
    }
    team = {"team": "ledger"}
    tags = {name: document["tags"] for name, document in items.items()}
    assert tags == {instance: team | {GROUP: "workers"}, "tagged": team, "untagged": {}, "one": team, "many": team}


def test_an_instance_has_no_name(items: dict[str, dict[str, Any]]) -> None:
    """Checks the null name, which AWS Config's API omits."""
    assert [each["resourceName"] for name, each in items.items() if name.startswith("i-")] == [None]


def test_databases_have_their_windows_and_pending_changes(items: dict[str, dict[str, Any]]) -> None:
    one, many = items["one"]["configuration"], items["many"]["configuration"]
    assert one["backupRetentionPeriod"] == 0
    assert one["pendingModifiedValues"] == {"backupRetentionPeriod": 7}
    assert one["preferredBackupWindow"] == many["preferredBackupWindow"] == "01:00-01:30"
    assert one["preferredMaintenanceWindow"] == "sun:03:00-sun:03:30"
    assert many["preferredMaintenanceWindow"]
