"""A bucket for what the system writes: sealed, private, TLS only, forgetting after thirty days, destroyable."""

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

from modules import policy
from modules.deployment import Deployment
from modules.function import Function
from modules.key import Key
from modules.names import NameKind
from modules.policy import Conditions, Statement

RETENTION_DAYS = 30


class Bucket(Construct):
    """An S3 bucket with everything a bank expects of one; what lies under `short_lived` prefixes goes after a day."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        key: Key,
        resource_type: str,
        short_lived: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._key = key
        self.name = deployment.name(resource_type, NameKind.S3_BUCKET)
        self.arn = f"arn:{deployment.partition}:s3:::{self.name}"
        self.resource = S3Bucket(self, "Resource", bucket=self.name, force_destroy=True)
        self._seal()
        self._close()
        self._expire([_expiry("expire", "", RETENTION_DAYS), *(_expiry(f"expire-{p}", p, 1) for p in short_lived)])

    def allow(self, statements: Sequence[Statement]) -> None:
        """Lets AWS services in, beside those whom IAM lets in; called once or not at all."""
        self.policy.policy = policy.document([*self._tls_only(), *statements])

    def grant_write(self, function: Function, sid: str, *prefixes: str) -> None:
        """Lets a function write objects under prefixes, and use the key that seals them."""
        function.grant(sid, ["s3:PutObject"], self._under(prefixes))
        function.grant_key(self._key, f"{sid}Sealed", ["kms:GenerateDataKey"], via="s3")

    def grant_read(self, function: Function, sid: str, *prefixes: str) -> None:
        """Lets a function read objects under prefixes, and use the key that seals them."""
        function.grant(sid, ["s3:GetObject"], self._under(prefixes))
        function.grant_key(self._key, f"{sid}Sealed", ["kms:Decrypt"], via="s3")

    def grant_list(self, function: Function, sid: str, *prefixes: str) -> None:
        """Lets a function list the keys under prefixes."""
        under: Conditions = {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}}
        function.grant(sid, ["s3:ListBucket"], [self.arn], under)

    def tell_events(self) -> None:
        """Has S3 tell EventBridge of every object."""
        S3BucketNotification(self, "events", bucket=self.resource.bucket, eventbridge=True)

    def _under(self, prefixes: Sequence[str]) -> list[str]:
        return [f"{self.arn}/{prefix}*" for prefix in prefixes]

    def _seal(self) -> None:
        default = S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
            sse_algorithm="aws:kms", kms_master_key_id=self._key.arn
        )
        rule = S3BucketServerSideEncryptionConfigurationRuleA(
            apply_server_side_encryption_by_default=default, bucket_key_enabled=True
        )
        S3BucketServerSideEncryptionConfigurationA(self, "encryption", bucket=self.resource.bucket, rule=[rule])

    def _close(self) -> None:
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
        # S3 refuses two changes to one bucket at the same time now and then: block first, policy after it.
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


def _expiry(id: str, prefix: str, days: int) -> S3BucketLifecycleConfigurationRule:
    return S3BucketLifecycleConfigurationRule(
        id=id.rstrip("/"),
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=prefix)],
        expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=days)],
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=days)
        ],
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)
        ],
    )
