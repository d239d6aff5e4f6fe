"""Configuration items of the simulated resources, in the form in which AWS Config passes them to rules.

Capitals in keys are those of AWS Config: dBInstanceIdentifier of an RDS instance, dbclusterIdentifier of a cluster.
"""

from collections.abc import Iterator
from typing import Any

import boto3
from moto.ec2.models import ec2_backends
from moto.s3.models import s3_backends

from simulation.aws.config.item import Item

LIVE_TYPES = frozenset({"AWS::EC2::Instance", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::S3::Bucket"})
"""The types of the items that exist in the simulation."""


def live_items(account: str, region: str) -> Iterator[Item]:
    """Yields the items of every instance, bucket, database and cluster that exists now in the region."""
    yield from _instances(account, region)
    yield from _buckets(account, region)
    yield from _databases(account, region)
    yield from _clusters(account, region)


def item(
    account: str,
    region: str,
    arn: str,
    resource_type: str,
    resource_id: str,
    name: str | None,
    configuration: dict[str, Any],
    tags: dict[str, str],
    supplementary: dict[str, Any] | None = None,
) -> Item:
    document = {
        "configurationItemVersion": "1.3",
        "configurationItemStatus": "OK",
        "awsAccountId": account,
        "awsRegion": region,
        "ARN": arn,  # "arn" in AWS Config's API
        "resourceType": resource_type,
        "resourceId": resource_id,
        "resourceName": name,  # null without a name; AWS Config's API omits the member
        "configuration": configuration,
        "supplementaryConfiguration": supplementary or {},
        "tags": tags,
    }
    return Item(resource_type, resource_id, document)


def _tags(listed: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in listed}


def _instances(account: str, region: str) -> Iterator[Item]:
    """Yields instances from moto's models: its DescribeInstances takes longer than the rest of a recording."""
    backend = ec2_backends[account][region]
    for instance in backend.all_instances():
        identity, state = instance.id, instance._state
        configuration = {
            "instanceId": identity,
            "instanceType": instance.instance_type,
            "state": {"code": state.code, "name": state.name},
        }
        arn, tags = f"arn:aws:ec2:{region}:{account}:instance/{identity}", dict(backend.tags.get(identity, {}))
        if state.name != "terminated":
            yield item(account, region, arn, "AWS::EC2::Instance", identity, None, configuration, tags)


def _buckets(account: str, region: str) -> Iterator[Item]:
    """Yields buckets from moto's models: the API would take five calls per bucket and recording."""
    backend = s3_backends[account]["aws"]
    for name, bucket in sorted(backend.buckets.items()):
        if bucket.region_name == region:
            supplementary = {
                "ServerSideEncryptionConfiguration": {"rules": _encryption_rules(bucket.encryption)},
                "BucketVersioningConfiguration": {"status": bucket.versioning_status or "Off"},
            }
            tags = backend.tagger.get_tag_dict_for_resource(bucket.arn)
            yield item(account, region, bucket.arn, "AWS::S3::Bucket", name, name, {"name": name}, tags, supplementary)


def _encryption_rules(encryption: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Returns the rules of a bucket's default encryption, which moto stores in the form of the request."""
    if not encryption:
        return []
    rule = encryption["Rule"]
    default = rule["ApplyServerSideEncryptionByDefault"]
    return [
        {
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": default["SSEAlgorithm"],
                "kmsMasterKeyID": default.get("KMSMasterKeyID"),
            },
            "bucketKeyEnabled": str(rule.get("BucketKeyEnabled", False)).lower() == "true",
        }
    ]


def _databases(account: str, region: str) -> Iterator[Item]:
    for database in boto3.client("rds", region).describe_db_instances()["DBInstances"]:
        configuration = {
            "dBInstanceIdentifier": database["DBInstanceIdentifier"],
            "dBInstanceClass": database["DBInstanceClass"],
            "engine": database["Engine"],
            "backupRetentionPeriod": database["BackupRetentionPeriod"],
            "storageEncrypted": database["StorageEncrypted"],
            "readReplicaSourceDBInstanceIdentifier": database.get("ReadReplicaSourceDBInstanceIdentifier"),
            "dBClusterIdentifier": database.get("DBClusterIdentifier"),
            "dbiResourceId": database["DbiResourceId"],
            "preferredBackupWindow": database["PreferredBackupWindow"],
            "preferredMaintenanceWindow": database["PreferredMaintenanceWindow"],
            "pendingModifiedValues": _pending(database.get("PendingModifiedValues", {})),
        }
        name, identity = database["DBInstanceIdentifier"], database["DbiResourceId"]
        arn, tags = database["DBInstanceArn"], _tags(database.get("TagList", []))
        yield item(account, region, arn, "AWS::RDS::DBInstance", identity, name, configuration, tags)


def _pending(values: dict[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: value for name, value in values.items()}


def _clusters(account: str, region: str) -> Iterator[Item]:
    for cluster in boto3.client("rds", region).describe_db_clusters()["DBClusters"]:
        configuration = {
            "dbclusterIdentifier": cluster["DBClusterIdentifier"],
            "dbClusterResourceId": cluster["DbClusterResourceId"],
            "engine": cluster["Engine"],
            "backupRetentionPeriod": cluster["BackupRetentionPeriod"],
            "preferredBackupWindow": cluster["PreferredBackupWindow"],
            "preferredMaintenanceWindow": cluster["PreferredMaintenanceWindow"],
        }
        name, identity = cluster["DBClusterIdentifier"], cluster["DbClusterResourceId"]
        arn, tags = cluster["DBClusterArn"], _tags(cluster.get("TagList", []))
        yield item(account, region, arn, "AWS::RDS::DBCluster", identity, name, configuration, tags)
