"""Bucket for the monitor's documents, named after the deployment; by default objects expire after 30 days."""

from collections.abc import Mapping, Sequence
from typing import Any

from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification
from constructs import Construct

from modules.resources.iam import Conditions
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_function import Function
from modules.resources.s3 import EncryptedBucket, expiry
from settings.deployment import Deployment
from settings.resource_names import NameKind

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
