"""DynamoDB table: encrypted, point-in-time recovery for 35 days, on-demand capacity, no deletion protection."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from constructs import Construct

from modules.resources.iam import Conditions
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.resource_names import NameKind


class EncryptedTable(Construct):
    """A table `<resource type>-…` with the string key `hash_key`; `expires` is the time-to-live attribute.

    Example: `EncryptedTable(stack, "notes", deployment=deployment, key=key, resource_type="notes", hash_key="id")`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        key: EncryptionKey,
        resource_type: str,
        hash_key: str,
        expires: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._key = key
        self.name = deployment.name(resource_type, NameKind.DYNAMODB_TABLE)
        self.resource = DynamodbTable(
            self,
            "Resource",
            name=self.name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=hash_key,
            attribute=[DynamodbTableAttribute(name=hash_key, type="S")],
            ttl=DynamodbTableTtl(attribute_name=expires, enabled=True) if expires else None,
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=key.arn),
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            deletion_protection_enabled=False,
        )

    def grant(
        self, function: Function, sid: str, actions: Sequence[str], conditions: Conditions | None = None, *, why: str
    ) -> None:
        """Grants actions on the table, and DynamoDB the use of its key on behalf of the function."""
        function.grant(sid, actions, [self.resource.arn], conditions, why=why)
        # Needed at every access (DynamoDB Developer Guide, "How DynamoDB uses AWS KMS").
        function.grant_key(
            self._key,
            f"{sid}Key",
            ["kms:Decrypt"],
            via="dynamodb",
            why="DynamoDB decrypts the table key on behalf of the function",
        )
