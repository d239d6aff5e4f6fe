"""DynamoDB table of the journal."""

from collections.abc import Iterable

from constructs import Construct

from handlers.common.stores import open_cases
from handlers.common.stores.evaluations import PREFIX
from handlers.common.stores.journal import EXPIRES, HEAD, KEY, RECORDS
from modules.resources.dynamodb import EncryptedTable
from modules.resources.iam import Conditions
from modules.resources.kms import EncryptionKey
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.resource_names import JOURNAL


class Journal(EncryptedTable):
    """The state with which concurrent invocations coordinate.

    Example: `Journal(stack, "journal", deployment=deployment, key=key)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, key: EncryptionKey) -> None:
        names = {"resource_type": JOURNAL, "hash_key": KEY, "expires": EXPIRES}
        super().__init__(scope, id, deployment=deployment, key=key, **names)

    def grant_note(self, function: Function, *keys: str) -> None:
        """Grants writing items under keys, which may end in `*`."""
        self.grant(function, "NoteInJournal", ["dynamodb:PutItem"], _under(*keys), why="records evaluation times")

    def grant_keep(self, function: Function, *keys: str, count: bool = False) -> None:
        """Grants reading and writing items under keys, which may end in `*`, and with `count` updating counters."""
        actions = ["dynamodb:GetItem", "dynamodb:PutItem", *(["dynamodb:UpdateItem"] if count else [])]
        why = "coordinates concurrent invocations and keeps counters"
        self.grant(function, "KeepJournal", actions, _under(*keys), why=why)

    def grant_head(self, function: Function) -> None:
        """Grants reading and writing the head of the audit trail and the marks of written records."""
        why = "stores the last record of the audit trail"
        self.grant(function, "KeepHead", ["dynamodb:GetItem", "dynamodb:PutItem"], _under(HEAD), why=why)
        actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]
        self.grant(function, "KnowRecords", actions, _under(f"{RECORDS}*"), why="writes each record once")

    def grant_marks(self, function: Function, *keys: str) -> None:
        """Grants reading and writing marks under keys, which may end in `*`, and updating counters."""
        actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:UpdateItem"]
        self.grant(function, "KeepMarks", actions, _under(*keys), why="sends each mail once and counts mails")

    def grant_read_evaluations(self, function: Function) -> None:
        """Grants reading the times of the rules' last evaluations."""
        why = "reads the time of each rule's last evaluation"
        self.grant(function, "ReadEvaluations", ["dynamodb:BatchGetItem"], _under(f"{PREFIX}*"), why=why)

    def grant_read_head(self, function: Function) -> None:
        """Grants reading the head of the audit trail."""
        self.grant(function, "ReadHead", ["dynamodb:GetItem"], _under(HEAD), why="reads the head of the audit trail")

    def grant_open_cases(self, function: Function, rule: str) -> None:
        """Grants updating the list of a rule's open cases."""
        actions = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"]
        why = "maintains the list of findings with an open case"
        self.grant(function, "KeepOpenCases", actions, _under(open_cases.key_of(rule)), why=why)

    def grant_read_open_cases(self, function: Function, rules: Iterable[str]) -> None:
        """Grants reading the lists of open cases of `rules`."""
        why = "finds open cases for which no AWS Config event arrived"
        keys = _under(*map(open_cases.key_of, rules))
        self.grant(function, "ReadOpenCases", ["dynamodb:BatchGetItem"], keys, why=why)


def _under(*keys: str) -> Conditions:
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}}
