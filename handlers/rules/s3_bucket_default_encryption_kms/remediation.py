"""Sets the default encryption of a bucket to SSE-KMS.

If any key is accepted, it sets the AWS managed key aws/s3, and never the deployment's own key: destroying the
deployment would schedule that key for deletion, and make the customer's objects unreadable.
"""

import re
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.model.criteria import Criteria
from handlers.common.model.permission import Permission
from handlers.common.model.remediation import Call, Document, NotRemediableError, Remediation, Target
from handlers.common.runtime import clients
from handlers.rules.s3_bucket_default_encryption_kms import keys, log_delivery

KMS_ALGORITHMS = ("aws:kms", "aws:kms:dsse")
READ = ("ApplyServerSideEncryptionByDefault", "BucketKeyEnabled")
NO_POLICY = '{"Statement": []}'
BUCKETS = "arn:{partition}:s3:::{name}"


class EncryptBucket(Remediation):
    """Sets the default encryption of a bucket; objects remain unchanged."""

    name = "s3-encryption"
    effect = "sets the bucket's default encryption to SSE-KMS with the bucket key on"
    scope_pattern = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
    scope_description = "an S3 bucket name (3-63 lower-case letters, digits, dots and hyphens)"
    reads = (
        Permission(
            "ReadBucketEncryption",
            ("s3:GetBucketAcl", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"),
            BUCKETS,
            "reads the state, and whether logs are delivered to the bucket, which KMS can break",
        ),
    )
    writes = (Permission("WriteBucketEncryption", ("s3:PutEncryptionConfiguration",), BUCKETS, "sets the default"),)

    def parameters(self, criteria: Criteria) -> Document:
        """Returns the remediation's parameters: {"keys": "any", "customer", "account" or [ARN, …]}."""
        given = criteria["keys"]
        return {"keys": given if isinstance(given, str) else list(given)}

    def read(self, target: Target) -> Document:
        """Returns the bucket's encryption rule; empty for a bucket from before default encryption.

        Only the members that the remediation sets: others (BlockedEncryptionTypes) depend on the version of botocore,
        and a plan must not change after its approval. S3 keeps members that a write omits.
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

    def desired(self, state: Document, target: Target, parameters: Document) -> Document:
        """Returns the rule with KMS and with the bucket key enabled."""
        allowed: str | list[str] = parameters["keys"]
        default = state.get("ApplyServerSideEncryptionByDefault", {})
        key = default.get("KMSMasterKeyID") or keys.MANAGED_ALIAS
        if default.get("SSEAlgorithm") in KMS_ALGORITHMS and keys.will_do(key, allowed, target.account):
            return state
        encryption = {"SSEAlgorithm": "aws:kms"} | _key_for(target.region, allowed)
        return state | {"ApplyServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": True}

    def obstacle(self, target: Target) -> str:
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
        return (
            f"{', '.join(sorted(services))} may deliver logs into the bucket, which KMS encryption can break: {remedy}"
        )

    def calls(self, before: Document, after: Document, target: Target) -> list[Call]:
        """Returns the call that writes the encryption rule; for a bucket from before default encryption, deletes it."""
        if not after:
            return [Call("s3", "delete_bucket_encryption", {"Bucket": target.name})]
        configuration = {"Bucket": target.name, "ServerSideEncryptionConfiguration": {"Rules": [after]}}
        return [Call("s3", "put_bucket_encryption", configuration)]

    def risk(self, before: Document, after: Document) -> str:
        """Returns the effects of the change on readers and writers."""
        default = after.get("ApplyServerSideEncryptionByDefault", {})
        if default.get("SSEAlgorithm") not in KMS_ALGORITHMS:
            return "New objects are no longer encrypted with KMS. Existing objects keep their encryption."
        key = default.get("KMSMasterKeyID", "the AWS managed key aws/s3")
        return (
            f"Writers of new objects need kms:GenerateDataKey on {key}, readers kms:Decrypt; otherwise S3 refuses "
            "them. Other accounts cannot use the AWS managed key. Existing objects keep their encryption."
        )


def _key_for(region: str, allowed: str | list[str]) -> dict[str, str]:
    if allowed == keys.ANY:
        return {}
    if isinstance(allowed, str):
        raise NotRemediableError(
            f"keys = \"{allowed}\" does not say with which key: list the key's ARN in the rule's keys"
        )
    for arn in allowed:
        if arn.split(":")[3] == region:
            return {} if keys.is_managed(arn) else {"KMSMasterKeyID": arn}
    raise NotRemediableError(f"the rule's keys have none in {region}, where the bucket is: add one, or move the bucket")


def _policy(target: Target) -> str:
    try:
        return clients.s3(target.region).get_bucket_policy(Bucket=target.name)["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return NO_POLICY
        raise
