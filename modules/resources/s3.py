"""S3 bucket: encrypted, private, TLS only, versioned, with a lifecycle."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
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
from modules.resources.iam import Statement


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
