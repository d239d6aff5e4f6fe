"""DynamoDB table of the findings."""

from constructs import Construct

from handlers.common.stores.findings_table import EXPIRES, KEY
from modules.resources.dynamodb import EncryptedTable
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_function import Function
from settings.deployment import Deployment


class Findings(EncryptedTable):
    """One item per finding. Example: `Findings(stack, "findings", deployment=deployment, key=key)`."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, key: EncryptionKey) -> None:
        names = {"resource_type": "findings", "hash_key": KEY, "expires": EXPIRES}
        super().__init__(scope, id, deployment=deployment, key=key, **names)

    def grant_record(self, function: Function) -> None:
        """Grants reading and writing single findings."""
        actions = ["dynamodb:GetItem", "dynamodb:PutItem"]
        self.grant(function, "RecordFindings", actions, why="stores the findings of each resource")

    def grant_look_up(self, function: Function) -> None:
        """Grants reading single findings."""
        why = "checks whether a finding still requires a mail"
        self.grant(function, "LookUpFindings", ["dynamodb:BatchGetItem"], why=why)

    def grant_read(self, function: Function) -> None:
        """Grants reading all findings."""
        self.grant(function, "ReadFindings", ["dynamodb:Scan"], why="reads the age of open findings")
