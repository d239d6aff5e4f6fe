"""The findings register's table."""

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
        """Lets a function keep findings."""
        actions = ["dynamodb:GetItem", "dynamodb:PutItem"]
        self.grant(function, "RecordFindings", actions, why="keeps a finding per resource")

    def grant_look_up(self, function: Function) -> None:
        """Lets a function read single findings."""
        why = "looks whether a finding is still worth a mail"
        self.grant(function, "LookUpFindings", ["dynamodb:BatchGetItem"], why=why)

    def grant_read(self, function: Function) -> None:
        """Lets a function read all findings."""
        self.grant(function, "ReadFindings", ["dynamodb:Scan"], why="reads how long findings have been open")
