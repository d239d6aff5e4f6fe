"""The findings register's table."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
)
from constructs import Construct

from handlers.common.register import KEY
from modules.deployment import Deployment
from modules.function import Function
from modules.key import Key
from modules.names import NameKind


class Findings(Construct):
    """One item per finding, paid per request, sealed, restorable for 35 days, and destroyable.

    Example: `Findings(stack, "findings", deployment=deployment, key=key)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, key: Key) -> None:
        super().__init__(scope, id)
        self._key = key
        self.name = deployment.name("findings", NameKind.DYNAMODB_TABLE)
        self.resource = DynamodbTable(
            self,
            "Resource",
            name=self.name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=KEY,
            attribute=[DynamodbTableAttribute(name=KEY, type="S")],
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=key.arn),
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            deletion_protection_enabled=False,
        )

    def grant_record(self, function: Function) -> None:
        """Lets a function keep findings."""
        self._grant(
            function, "RecordFindings", ["dynamodb:GetItem", "dynamodb:PutItem"], "keeps a finding per resource"
        )

    def grant_read(self, function: Function) -> None:
        """Lets a function read all findings."""
        self._grant(function, "ReadFindings", ["dynamodb:Scan"], "reads how long findings have been open")

    def _grant(self, function: Function, sid: str, actions: Sequence[str], why: str) -> None:
        function.grant(sid, actions, [self.resource.arn], why=why)
        # DynamoDB decrypts the table's key in the caller's name at every access (DynamoDB Developer Guide,
        # "How DynamoDB uses AWS KMS").
        function.grant_key(
            self._key,
            f"{sid}Sealed",
            ["kms:Decrypt"],
            via="dynamodb",
            why="DynamoDB opens the table's key, in the function's name",
        )
