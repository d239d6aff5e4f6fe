"""Buckets and keys in the form of configuration items."""

from typing import Any

from handlers.common.model.remediation import Target
from handlers.rules.s3_bucket_default_encryption_kms.rule import RULE as DECLARED

RULE = DECLARED.name
KEY = "arn:aws:kms:eu-west-1:111122223333:key/3f1c9a52-7d4e-4b8a-9c55-0a1b2c3d4e5f"
ALIAS = "arn:aws:kms:eu-west-1:111122223333:alias/bank"
HERE = Target("111122223333", "eu-west-1", "AWS::S3::Bucket", "ledger", "ledger")
OTHER_KEY = KEY.replace("3f1c9a52", "00000000")
MANAGED = "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3"


def bucket(*rules: Any, status: str = "OK", kind: str = "AWS::S3::Bucket") -> dict[str, Any]:
    supplementary = {"ServerSideEncryptionConfiguration": {"rules": list(rules)}}
    return {"resourceType": kind, "configurationItemStatus": status, "supplementaryConfiguration": supplementary}


def default(algorithm: str, key: str | None = None) -> dict[str, Any]:
    return {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, "kmsMasterKeyID": key}}
