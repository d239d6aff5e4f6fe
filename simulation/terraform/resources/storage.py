"""S3 buckets with their settings, and DynamoDB tables."""

from typing import Any

from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError, block


def bucket(place: Place, arguments: Arguments) -> Attributes:
    s3, name = place.client("s3"), arguments["bucket"]
    # S3 rejects the LocationConstraint us-east-1, which is the default.
    location: Any = {} if place.region == "us-east-1" else {"LocationConstraint": place.region}
    s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": location} if location else {}))
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": place.tag_list()})
    return {"arn": f"arn:aws:s3:::{name}", "id": name}


def encryption(place: Place, arguments: Arguments) -> Attributes:
    rules = []
    for rule in arguments["rule"]:
        default = block(rule["apply_server_side_encryption_by_default"])
        encryption = {"SSEAlgorithm": default["sse_algorithm"], "KMSMasterKeyID": default["kms_master_key_id"]}
        if rule.get("blocked_encryption_types") != ["SSE-C"]:
            raise StackError(f"{arguments['bucket']}: S3 blocks SSE-C for new buckets: plans would never be empty")
        rules.append(
            {
                "ApplyServerSideEncryptionByDefault": encryption,
                "BucketKeyEnabled": rule.get("bucket_key_enabled", False),
                "BlockedEncryptionTypes": {"EncryptionType": rule["blocked_encryption_types"]},
            }
        )
    place.client("s3").put_bucket_encryption(
        Bucket=arguments["bucket"], ServerSideEncryptionConfiguration={"Rules": rules}
    )
    return {}


def versioning(place: Place, arguments: Arguments) -> Attributes:
    status = block(arguments["versioning_configuration"])["status"]
    place.client("s3").put_bucket_versioning(Bucket=arguments["bucket"], VersioningConfiguration={"Status": status})
    return {}


def public_access(place: Place, arguments: Arguments) -> Attributes:
    place.client("s3").put_public_access_block(
        Bucket=arguments["bucket"],
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": arguments["block_public_acls"],
            "BlockPublicPolicy": arguments["block_public_policy"],
            "IgnorePublicAcls": arguments["ignore_public_acls"],
            "RestrictPublicBuckets": arguments["restrict_public_buckets"],
        },
    )
    return {}


def ownership(place: Place, arguments: Arguments) -> Attributes:
    rule = {"ObjectOwnership": block(arguments["rule"])["object_ownership"]}
    place.client("s3").put_bucket_ownership_controls(Bucket=arguments["bucket"], OwnershipControls={"Rules": [rule]})
    return {}


LIFECYCLE = {
    "expiration": ("Expiration", "days", "Days"),
    "noncurrent_version_expiration": ("NoncurrentVersionExpiration", "noncurrent_days", "NoncurrentDays"),
    "abort_incomplete_multipart_upload": (
        "AbortIncompleteMultipartUpload",
        "days_after_initiation",
        "DaysAfterInitiation",
    ),
}
"""The supported actions of a rule: Terraform's name, and S3's names."""


def lifecycle(place: Place, arguments: Arguments) -> Attributes:
    rules = []
    for rule in arguments["rule"]:
        filters = {"Prefix": block(rule["filter"])["prefix"]}
        actions = {
            action: {field: block(rule[name])[argument]}
            for name, (action, argument, field) in LIFECYCLE.items()
            if name in rule
        }
        rules.append({"ID": rule["id"], "Status": rule["status"], "Filter": filters, **actions})
    place.client("s3").put_bucket_lifecycle_configuration(
        Bucket=arguments["bucket"], LifecycleConfiguration={"Rules": rules}
    )
    return {}


def bucket_policy(place: Place, arguments: Arguments) -> Attributes:
    place.client("s3").put_bucket_policy(Bucket=arguments["bucket"], Policy=arguments["policy"])
    return {}


def notification(place: Place, arguments: Arguments) -> Attributes:
    configuration: Arguments = {"EventBridgeConfiguration": {}} if arguments["eventbridge"] else {}
    place.client("s3").put_bucket_notification_configuration(
        Bucket=arguments["bucket"], NotificationConfiguration=configuration
    )
    return {}


def table(place: Place, arguments: Arguments) -> Attributes:
    attributes = [{"AttributeName": each["name"], "AttributeType": each["type"]} for each in arguments["attribute"]]
    sse = block(arguments["server_side_encryption"])
    answer = place.client("dynamodb").create_table(
        TableName=arguments["name"],
        BillingMode=arguments["billing_mode"],
        AttributeDefinitions=attributes,
        KeySchema=[{"AttributeName": arguments["hash_key"], "KeyType": "HASH"}],
        SSESpecification={
            "Enabled": sse["enabled"],
            "SSEType": "KMS",
            "KMSMasterKeyId": sse["kms_key_arn"],
        },
        DeletionProtectionEnabled=arguments["deletion_protection_enabled"],
        Tags=place.tag_list(),
    )
    return {"arn": answer["TableDescription"]["TableArn"], "id": arguments["name"]}


MAKERS: dict[str, Maker] = {
    "aws_dynamodb_table": table,
    "aws_s3_bucket": bucket,
    "aws_s3_bucket_lifecycle_configuration": lifecycle,
    "aws_s3_bucket_notification": notification,
    "aws_s3_bucket_ownership_controls": ownership,
    "aws_s3_bucket_policy": bucket_policy,
    "aws_s3_bucket_public_access_block": public_access,
    "aws_s3_bucket_server_side_encryption_configuration": encryption,
    "aws_s3_bucket_versioning": versioning,
}
