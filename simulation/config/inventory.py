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
    resource_type: str,
    resource_id: str,
    name: str,
    configuration: dict[str, Any],
    supplementary: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> Item:
    document = {
        "configurationItemVersion": "1.3",
        "configurationItemStatus": "OK",
        "awsAccountId": account,
        "awsRegion": region,
        "resourceType": resource_type,
        "resourceId": resource_id,
        "resourceName": name,
        "configuration": configuration,
        "supplementaryConfiguration": supplementary or {},
        "tags": tags or {},
    }
    return Item(resource_type, resource_id, document)


def _instances(account: str, region: str) -> Iterator[Item]:
    pages = boto3.client("ec2", region).get_paginator("describe_instances").paginate()
    for instance in (found for page in pages for group in page["Reservations"] for found in group["Instances"]):
        configuration = {
            "instanceId": instance["InstanceId"],
            "instanceType": instance["InstanceType"],
            "state": {"code": instance["State"]["Code"], "name": instance["State"]["Name"]},
        }
        tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
        identity = instance["InstanceId"]
        if instance["State"]["Name"] != "terminated":
            yield _item(account, region, "AWS::EC2::Instance", identity, identity, configuration, tags=tags)


def _buckets(account: str, region: str) -> Iterator[Item]:
    s3 = boto3.client("s3", region)
    for name in sorted(bucket["Name"] for bucket in s3.list_buckets()["Buckets"]):
        if s3.head_bucket(Bucket=name)["BucketRegion"] == region:
            versioning = s3.get_bucket_versioning(Bucket=name).get("Status", "Off")
            supplementary = {
                "ServerSideEncryptionConfiguration": {"rules": _encryption_rules(s3, name)},
                "BucketVersioningConfiguration": {"status": versioning},
            }
            yield _item(account, region, "AWS::S3::Bucket", name, name, {"name": name}, supplementary)


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
        }
        name, identity = database["DBInstanceIdentifier"], database["DbiResourceId"]
        yield _item(account, region, "AWS::RDS::DBInstance", identity, name, configuration)


def _clusters(account: str, region: str) -> Iterator[Item]:
    for cluster in boto3.client("rds", region).describe_db_clusters()["DBClusters"]:
        configuration = {
            "dbclusterIdentifier": cluster["DBClusterIdentifier"],
            "dbClusterResourceId": cluster["DbClusterResourceId"],
            "engine": cluster["Engine"],
            "backupRetentionPeriod": cluster["BackupRetentionPeriod"],
        }
        name, identity = cluster["DBClusterIdentifier"], cluster["DbClusterResourceId"]
        yield _item(account, region, "AWS::RDS::DBCluster", identity, name, configuration)
