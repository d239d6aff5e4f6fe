"""Configuration items of the simulated resources, in the form in which AWS Config hands them to rules.

The keys are Config's, split capitals and all: an RDS instance has dBInstanceIdentifier, a cluster dbclusterIdentifier.
"""

from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

from simulation.config.item import Item


def live_items(account: str, region: str) -> Iterator[Item]:
    """The items of every instance, bucket, database and cluster that exists now in the region."""
    yield from _instances(account, region)
    yield from _buckets(account, region)
    yield from _databases(account, region)
    yield from _clusters(account, region)


def _item(
    account: str,
    region: str,
    arn: str,
    resource_type: str,
    resource_id: str,
    name: str,
    configuration: dict[str, Any],
    tags: dict[str, str],
    supplementary: dict[str, Any] | None = None,
) -> Item:
    document = {
        "configurationItemVersion": "1.3",
        "configurationItemStatus": "OK",
        "awsAccountId": account,
        "awsRegion": region,
        "ARN": arn,  # so for rules; Config's API calls it arn
        "resourceType": resource_type,
        "resourceId": resource_id,
        "resourceName": name,
        "configuration": configuration,
        "supplementaryConfiguration": supplementary or {},
        "tags": tags,
    }
    return Item(resource_type, resource_id, document)


def _tags(listed: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in listed}


def _instances(account: str, region: str) -> Iterator[Item]:
    pages = boto3.client("ec2", region).get_paginator("describe_instances").paginate()
    for instance in (found for page in pages for group in page["Reservations"] for found in group["Instances"]):
        configuration = {
            "instanceId": instance["InstanceId"],
            "instanceType": instance["InstanceType"],
            "state": {"code": instance["State"]["Code"], "name": instance["State"]["Name"]},
        }
        identity, tags = instance["InstanceId"], _tags(instance.get("Tags", []))
        arn = f"arn:aws:ec2:{region}:{account}:instance/{identity}"
        if instance["State"]["Name"] != "terminated":
            yield _item(account, region, arn, "AWS::EC2::Instance", identity, identity, configuration, tags)


def _buckets(account: str, region: str) -> Iterator[Item]:
    s3 = boto3.client("s3", region)
    for name in sorted(bucket["Name"] for bucket in s3.list_buckets()["Buckets"]):
        if s3.head_bucket(Bucket=name)["BucketRegion"] == region:
            versioning = s3.get_bucket_versioning(Bucket=name).get("Status", "Off")
            supplementary = {
                "ServerSideEncryptionConfiguration": {"rules": _encryption_rules(s3, name)},
                "BucketVersioningConfiguration": {"status": versioning},
            }
            arn, own, tags = f"arn:aws:s3:::{name}", {"name": name}, _bucket_tags(s3, name)
            yield _item(account, region, arn, "AWS::S3::Bucket", name, name, own, tags, supplementary)


def _bucket_tags(s3: Any, bucket: str) -> dict[str, str]:
    try:
        return _tags(s3.get_bucket_tagging(Bucket=bucket)["TagSet"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        return {}


def _encryption_rules(s3: Any, bucket: str) -> list[dict[str, Any]]:
    try:
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ServerSideEncryptionConfigurationNotFoundError":
            raise
        return []
    return [
        {
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
                "kmsMasterKeyID": rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID"),
            },
            "bucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        }
        for rule in rules
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
        yield _item(account, region, arn, "AWS::RDS::DBInstance", identity, name, configuration, tags)


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
        yield _item(account, region, arn, "AWS::RDS::DBCluster", identity, name, configuration, tags)
