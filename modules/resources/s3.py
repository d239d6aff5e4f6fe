"""S3 bucket: encrypted, private, TLS only, versioned, with a lifecycle."""

from collections.abc import Mapping, Sequence
from typing import Any

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from constructs import Construct

from modules.resources import iam as policy
from modules.resources.arguments import require
from modules.resources.iam import Conditions, Statement
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.resource_names import NameKind


class EncryptedBucket(Construct):
    """A bucket encrypted by a KMS key, with lifecycle `rules`; destroying it deletes its objects.

    Example: `EncryptedBucket(stack, "archive", name="archive-1", partition="aws", key_arn=key.arn,
    rules=[expiry("everything", "", 30)])`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        partition: str,
        key_arn: str,
        rules: Sequence[S3BucketLifecycleConfigurationRule],
    ) -> None:
        super().__init__(scope, id)
        self.name = name
        self.arn = f"arn:{partition}:s3:::{name}"
        self._key_arn = key_arn
        self.resource = S3Bucket(self, "Resource", bucket=name, force_destroy=True)
        self._encrypt()
        self._block_public_access()
        self._expire([*rules, _abandoned_uploads()])

    def allow(self, statements: Sequence[Statement]) -> None:
        """Adds statements to the bucket policy; called at most once."""
        self.policy.policy = policy.document([*self._tls_only(), *statements])

    def _encrypt(self) -> None:
        default = S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
            sse_algorithm="aws:kms", kms_master_key_id=self._key_arn
        )
        rule = S3BucketServerSideEncryptionConfigurationRuleA(
            apply_server_side_encryption_by_default=default,
            bucket_key_enabled=True,
            # S3's default for new buckets since April 2026; without it, every plan would show a change.
            blocked_encryption_types=["SSE-C"],
        )
        S3BucketServerSideEncryptionConfigurationA(self, "encryption", bucket=self.resource.bucket, rule=[rule])

    def _block_public_access(self) -> None:
        block = S3BucketPublicAccessBlock(
            self,
            "public-access",
            bucket=self.resource.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        owner = S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced")
        S3BucketOwnershipControls(self, "ownership", bucket=self.resource.bucket, rule=owner)
        # S3 may reject concurrent changes to one bucket: the policy follows the public access block.
        self.policy = S3BucketPolicy(
            self,
            "policy",
            bucket=self.resource.bucket,
            policy=policy.document(self._tls_only()),
            depends_on=[block],
        )

    def _tls_only(self) -> list[Statement]:
        return [policy.deny_without_tls(["s3:*"], [self.arn, f"{self.arn}/*"])]

    def _expire(self, rules: list[S3BucketLifecycleConfigurationRule]) -> None:
        versioning = S3BucketVersioningA(
            self,
            "versioning",
            bucket=self.resource.bucket,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )
        S3BucketLifecycleConfiguration(
            self, "lifecycle", bucket=self.resource.bucket, rule=rules, depends_on=[versioning]
        )


def expiry(id: str, prefix: str, days: int) -> S3BucketLifecycleConfigurationRule:
    """Returns a rule that expires objects under a prefix after `days`, and deletes noncurrent versions after one day.

    In a versioned bucket an expired object becomes a noncurrent version, deleted one day later, S3's minimum. S3 also
    removes a delete marker without remaining versions.
    """
    return _rule(id, prefix, 1, expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=days)])


def noncurrent_expiry(id: str, days: int) -> S3BucketLifecycleConfigurationRule:
    """Returns a rule that keeps objects and deletes their noncurrent versions after `days`."""
    return _rule(id, "", days)


def _rule(
    id: str,
    prefix: str,
    noncurrent_days: int,
    expiration: list[S3BucketLifecycleConfigurationRuleExpiration] | None = None,
) -> S3BucketLifecycleConfigurationRule:
    return S3BucketLifecycleConfigurationRule(
        id=id,
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=prefix)],
        expiration=expiration,
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=noncurrent_days)
        ],
    )


def _abandoned_uploads() -> S3BucketLifecycleConfigurationRule:
    """Returns the rule that aborts incomplete uploads after seven days."""
    return S3BucketLifecycleConfigurationRule(
        id="abandoned-uploads",
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)
        ],
    )


RETENTION_DAYS = 30
EVERYTHING = {"": RETENTION_DAYS}


class Bucket(EncryptedBucket):
    """A bucket `<resource type>-…`; `days` has the retention of objects in days, by prefix.

    No prefix may begin with another: where two apply to an object, S3 uses the shorter retention.

    Example: `Bucket(stack, "reports", deployment=deployment, key=key, resource_type="compliance-reports")`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        key: EncryptionKey,
        resource_type: str,
        days: Mapping[str, int] = EVERYTHING,
    ) -> None:
        for prefix, retained in days.items():
            under = [other for other in days if other != prefix and other.startswith(prefix)]
            require(not under, f"{id}: days", under, f"prefixes of which none begins with another, as {prefix!r}")
            require(retained >= 1, f"{id}: days[{prefix!r}]", retained, "at least 1")
        super().__init__(
            scope,
            id,
            name=deployment.name(resource_type, NameKind.S3_BUCKET),
            partition=deployment.partition,
            key_arn=key.arn,
            rules=[expiry(f"expire-{prefix}".rstrip("-/"), prefix, retained) for prefix, retained in days.items()],
        )
        self._key = key

    def grant_write(self, function: Function, sid: str, *prefixes: str) -> None:
        """Grants writing objects under prefixes, and use of the key that encrypts them."""
        function.grant(sid, ["s3:PutObject"], self._under(prefixes), why="writes documents")
        function.grant_key(
            self._key,
            f"{sid}Key",
            ["kms:GenerateDataKey"],
            via="s3",
            why="S3 encrypts objects on behalf of the function",
        )

    def grant_read(self, function: Function, sid: str, *prefixes: str) -> None:
        """Grants reading objects under prefixes, and use of the key that encrypts them."""
        function.grant(sid, ["s3:GetObject"], self._under(prefixes), why="reads documents")
        function.grant_key(
            self._key,
            f"{sid}Key",
            ["kms:Decrypt"],
            via="s3",
            why="S3 decrypts objects on behalf of the function",
        )

    def grant_list(self, function: Function, sid: str, *prefixes: str) -> None:
        """Grants listing the keys under prefixes."""
        under: Conditions = {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}}
        function.grant(sid, ["s3:ListBucket"], [self.arn], under, why="finds documents by their keys")

    def created(self, account_id: str, key: Mapping[str, str]) -> dict[str, Any]:
        """Returns the pattern of S3 events for new objects; `key` is a matcher of the object key."""
        return {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "account": [account_id],
            "detail": {"bucket": {"name": [self.name]}, "object": {"key": [dict(key)]}},
        }

    def enable_events(self) -> None:
        """Enables S3 event notifications to EventBridge."""
        S3BucketNotification(self, "events", bucket=self.resource.bucket, eventbridge=True)

    def _under(self, prefixes: Sequence[str]) -> list[str]:
        return [f"{self.arn}/{prefix}*" for prefix in prefixes]
