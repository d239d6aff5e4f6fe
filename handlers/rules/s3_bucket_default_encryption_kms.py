"""S3 buckets encrypt new objects with KMS by default. The remediation sets the default; objects remain unchanged.

If any key is accepted, it sets the AWS managed key aws/s3, and never the deployment's own key: destroying the
deployment would schedule that key for deletion, and make the customer's objects unreadable.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.model import guard, log_delivery, s3_keys
from handlers.common.model.permission import Permission
from handlers.common.model.remediation import (
    Call,
    Document,
    NotRemediableError,
    Remediation,
    SupportsRuleSettings,
    Target,
)
from handlers.common.model.rule import Category, Guard, RequiredField, Rule, Severity
from handlers.common.runtime import clients

KMS_ALGORITHMS = ("aws:kms", "aws:kms:dsse")


def policy_values(settings: SupportsRuleSettings) -> Mapping[str, str]:
    """Returns the algorithms, and the conditions on the bucket's key."""
    return {
        "algorithms": guard.one_of(map(guard.text, KMS_ALGORITHMS)),
        "key_clause": "\n        ".join(s3_keys.clauses(settings.s3_keys, settings.account_id)),
    }


def parameters(settings: SupportsRuleSettings) -> Document:
    """Returns the remediation's parameters: {"s3_keys": "any", "customer", "account" or [ARN, …]}."""
    keys = settings.s3_keys
    return {"s3_keys": keys if isinstance(keys, str) else list(keys)}


def read(target: Target) -> Document:
    """Returns the bucket's encryption rule; empty for a bucket from before default encryption.

    Only the members that the remediation sets: others (BlockedEncryptionTypes) depend on the version of botocore, and a
    plan must not change after its approval. S3 keeps members that a write omits.
    """
    try:
        answer = clients.s3(target.region).get_bucket_encryption(Bucket=target.name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ServerSideEncryptionConfigurationNotFoundError":
            return {}
        if error.response["Error"]["Code"] == "NoSuchBucket":
            raise NotRemediableError(f"the bucket {target.name} no longer exists") from error
        raise
    rules: list[Any] = list(answer["ServerSideEncryptionConfiguration"]["Rules"])
    return {name: rules[0][name] for name in READ if name in rules[0]} if rules else {}


def desired(state: Document, target: Target, parameters: Document) -> Document:
    """Returns the rule with KMS and with the bucket key enabled."""
    keys: str | list[str] = parameters["s3_keys"]
    default = state.get("ApplyServerSideEncryptionByDefault", {})
    key = default.get("KMSMasterKeyID") or s3_keys.MANAGED_ALIAS
    if default.get("SSEAlgorithm") in KMS_ALGORITHMS and s3_keys.will_do(key, keys, target.account):
        return state
    encryption = {"SSEAlgorithm": "aws:kms"} | _key_for(target.region, keys)
    return state | {"ApplyServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": True}


def _key_for(region: str, keys: str | list[str]) -> dict[str, str]:
    if keys == s3_keys.ANY:
        return {}
    if isinstance(keys, str):
        raise NotRemediableError(
            f"keys = \"{keys}\" does not say with which key: list the key's ARN in the rule's keys"
        )
    for arn in keys:
        if arn.split(":")[3] == region:
            return {} if s3_keys.is_managed(arn) else {"KMSMasterKeyID": arn}
    raise NotRemediableError(f"the rule's keys have none in {region}, where the bucket is: add one, or move the bucket")


def obstacle(target: Target) -> str:
    """Returns the services that deliver logs into the bucket, which KMS encryption may break, and the remedy."""
    remedy = "have the finding waived, or deliver logs into another bucket"
    s3 = clients.s3(target.region)
    services = log_delivery.by_acl(s3.get_bucket_acl(Bucket=target.name).get("Grants", []))
    try:
        services |= log_delivery.by_policy(_policy(target))
    except log_delivery.MalformedPolicyError as error:
        return f"the bucket policy cannot be read: {error}; it may let logs be delivered into the bucket: {remedy}"
    if not services:
        return ""
    return f"{', '.join(sorted(services))} may deliver logs into the bucket, which KMS encryption can break: {remedy}"


def _policy(target: Target) -> str:
    try:
        return clients.s3(target.region).get_bucket_policy(Bucket=target.name)["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return NO_POLICY
        raise


def calls(_before: Document, after: Document, target: Target) -> list[Call]:
    """Returns the call that writes the encryption rule, or deletes it for a bucket from before default encryption."""
    if not after:
        return [Call("s3", "delete_bucket_encryption", {"Bucket": target.name})]
    configuration = {"Bucket": target.name, "ServerSideEncryptionConfiguration": {"Rules": [after]}}
    return [Call("s3", "put_bucket_encryption", configuration)]


def risk(_before: Document, after: Document) -> str:
    """Returns the effects of the change on readers and writers."""
    default = after.get("ApplyServerSideEncryptionByDefault", {})
    if default.get("SSEAlgorithm") not in KMS_ALGORITHMS:
        return "New objects are no longer encrypted with KMS. Existing objects keep their encryption."
    key = default.get("KMSMasterKeyID", "the AWS managed key aws/s3")
    return (
        f"Writers of new objects need kms:GenerateDataKey on {key}, readers kms:Decrypt; otherwise S3 refuses them. "
        "Other accounts cannot use the AWS managed key. Existing objects keep their encryption."
    )


READ = ("ApplyServerSideEncryptionByDefault", "BucketKeyEnabled")
NO_POLICY = '{"Statement": []}'
BUCKETS = "arn:{partition}:s3:::{name}"

RULE = Rule(
    name="s3-bucket-default-encryption-kms",
    title="S3 bucket is not encrypted with KMS by default",
    titles={
        "de": "S3-Bucket wird nicht standardmäßig mit KMS verschlüsselt",
        "fr": "Le bucket S3 n’est pas chiffré par défaut avec KMS",
        "nl": "S3-bucket wordt niet standaard met KMS versleuteld",
    },
    description="S3 buckets encrypt new objects with KMS by default, with a key that the rule's keys allow.",
    severity=Severity.HIGH,
    category=Category.ENCRYPTION,
    controls=("NIST-800-53-r5/SC-28", "AWS-SecurityHub/S3.17"),
    how_to_fix="Set the bucket's default encryption to SSE-KMS (with a key that the rule's keys allow) "
    "and enable the bucket key. Writers then need kms:GenerateDataKey on that key. Existing objects keep their "
    "encryption. Do not do this for a bucket with log delivery: load balancers need SSE-S3, other services SSE-S3 or a "
    "customer managed key whose policy permits it. Have the finding waived, or deliver logs into another bucket.",
    source=Guard(
        policy=Path(__file__).with_suffix(".guard"),
        values=policy_values,
        needs={"AWS::S3::Bucket": RequiredField("supplementaryConfiguration", dict)},
    ),
    remediation=Remediation(
        name="s3-encryption",
        effect="sets the bucket's default encryption to SSE-KMS with the bucket key on",
        scope_pattern=re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        scope_description="an S3 bucket name (3-63 lower-case letters, digits, dots and hyphens)",
        reads=(
            Permission(
                "ReadBucketEncryption",
                ("s3:GetBucketAcl", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"),
                BUCKETS,
                "reads the state, and whether logs are delivered to the bucket, which KMS can break",
            ),
        ),
        writes=(Permission("WriteBucketEncryption", ("s3:PutEncryptionConfiguration",), BUCKETS, "sets the default"),),
        parameters=parameters,
        read=read,
        desired=desired,
        calls=calls,
        obstacle=obstacle,
        risk=risk,
    ),
)
