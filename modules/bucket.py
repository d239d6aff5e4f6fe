"""A bucket for what the system writes: named after the deployment, and forgetting after thirty days."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification
from constructs import Construct

from modules.deployment import Deployment
from modules.function import Function
from modules.key import Key
from modules.names import NameKind
from modules.policy import Conditions
from modules.sealed_bucket import SealedBucket, expiry

RETENTION_DAYS = 30


class Bucket(SealedBucket):
    """A bucket `<resource type>-…`; what lies under `short_lived` prefixes goes after a day.

    Example: `Bucket(stack, "reports", deployment=deployment, key=key, resource_type="compliance-reports")`.
    """

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
        super().__init__(
            scope,
            id,
            name=deployment.name(resource_type, NameKind.S3_BUCKET),
            partition=deployment.partition,
            key_arn=key.arn,
            rules=[expiry("expire", "", RETENTION_DAYS), *(expiry(f"expire-{each}", each, 1) for each in short_lived)],
        )
        self._key = key

    def grant_write(self, function: Function, sid: str, *prefixes: str) -> None:
        """Lets a function write objects under prefixes, and use the key that seals them."""
        function.grant(sid, ["s3:PutObject"], self._under(prefixes), why="writes documents")
        function.grant_key(
            self._key,
            f"{sid}Sealed",
            ["kms:GenerateDataKey"],
            via="s3",
            why="S3 seals what is written, in the function's name",
        )

    def grant_read(self, function: Function, sid: str, *prefixes: str) -> None:
        """Lets a function read objects under prefixes, and use the key that seals them."""
        function.grant(sid, ["s3:GetObject"], self._under(prefixes), why="reads documents")
        function.grant_key(
            self._key, f"{sid}Sealed", ["kms:Decrypt"], via="s3", why="S3 opens what is read, in the function's name"
        )

    def grant_list(self, function: Function, sid: str, *prefixes: str) -> None:
        """Lets a function list the keys under prefixes."""
        under: Conditions = {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}}
        function.grant(sid, ["s3:ListBucket"], [self.arn], under, why="finds documents by their keys")

    def tell_events(self) -> None:
        """Has S3 tell EventBridge of every object."""
        S3BucketNotification(self, "events", bucket=self.resource.bucket, eventbridge=True)

    def _under(self, prefixes: Sequence[str]) -> list[str]:
        return [f"{self.arn}/{prefix}*" for prefix in prefixes]
