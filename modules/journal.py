"""The journal's table, and the rights to write the audit trail that it orders."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from constructs import Construct

from handlers.common.journal import EXPIRES, HEAD, KEY
from handlers.common.layout import AUDIT
from modules.bucket import Bucket
from modules.deployment import Deployment
from modules.function import Function
from modules.key import Key
from modules.names import JOURNAL, NameKind


class Journal(Construct):
    """What functions agree on while they act at the same time; sealed, restorable for 35 days, and destroyable.

    Example: `Journal(stack, "journal", deployment=deployment, key=key)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, key: Key) -> None:
        super().__init__(scope, id)
        self._key = key
        self.name = deployment.name(JOURNAL, NameKind.DYNAMODB_TABLE)
        self.resource = DynamodbTable(
            self,
            "Resource",
            name=self.name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=KEY,
            attribute=[DynamodbTableAttribute(name=KEY, type="S")],
            ttl=DynamodbTableTtl(attribute_name=EXPIRES, enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=key.arn),
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            deletion_protection_enabled=False,
        )

    def grant_append(
        self,
        function: Function,
        bucket: Bucket,
        *keys: str,
        count: bool = False,
        writes: Sequence[str] = (),
        reads: Sequence[str] = (),
    ) -> None:
        """Lets a function append to the audit trail in a bucket, and keep items under keys, which may end in `*`.

        With `count` it may count as well; `writes` and `reads` are further prefixes of the bucket.
        """
        actions = ["dynamodb:GetItem", "dynamodb:PutItem", *(["dynamodb:UpdateItem"] if count else [])]
        self._grant(function, "KeepJournal", actions, [HEAD, *keys], "takes its turn among functions, and keeps count")
        bucket.grant_write(function, "WriteTrail", AUDIT, *writes)
        bucket.grant_read(function, "ReadTrail", AUDIT, *reads)

    def grant_read_head(self, function: Function) -> None:
        """Lets a function read where the audit trail ends."""
        self._grant(function, "ReadHead", ["dynamodb:GetItem"], [HEAD], "tells where the audit trail ends")

    def _grant(self, function: Function, sid: str, actions: Sequence[str], keys: Sequence[str], why: str) -> None:
        own = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}}
        function.grant(sid, actions, [self.resource.arn], own, why=why)
        function.grant_key(
            self._key,
            f"{sid}Sealed",
            ["kms:Decrypt"],
            via="dynamodb",
            why="DynamoDB opens the table's key, in the function's name",
        )
