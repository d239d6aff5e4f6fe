"""The journal's table."""

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
    """What functions agree on while they act at the same time.

    Example: `Journal(stack, "journal", deployment=deployment, key=key)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, key: EncryptionKey) -> None:
        names = {"resource_type": JOURNAL, "hash_key": KEY, "expires": EXPIRES}
        super().__init__(scope, id, deployment=deployment, key=key, **names)

    def grant_note(self, function: Function, *keys: str) -> None:
        """Lets a function write items under keys, which may end in `*`."""
        self.grant(function, "NoteInJournal", ["dynamodb:PutItem"], _under(*keys), why="notes what others read")

    def grant_keep(self, function: Function, *keys: str, count: bool = False) -> None:
        """Lets a function keep items under keys, which may end in `*`; with `count` it may count as well."""
        actions = ["dynamodb:GetItem", "dynamodb:PutItem", *(["dynamodb:UpdateItem"] if count else [])]
        why = "takes its turn among functions, and keeps count"
        self.grant(function, "KeepJournal", actions, _under(*keys), why=why)

    def grant_head(self, function: Function) -> None:
        """Lets a function note which records of the audit trail are written, and which is the last."""
        why = "notes which record of the audit trail is the last"
        self.grant(function, "KeepHead", ["dynamodb:GetItem", "dynamodb:PutItem"], _under(HEAD), why=why)
        actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]
        self.grant(function, "KnowRecords", actions, _under(f"{RECORDS}*"), why="writes each record once")

    def grant_marks(self, function: Function, *keys: str) -> None:
        """Lets a function set and read marks under some keys, and count."""
        actions = ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:UpdateItem"]
        self.grant(function, "KeepMarks", actions, _under(*keys), why="sends each mail once, and few at a time")

    def grant_read_evaluations(self, function: Function) -> None:
        """Lets a function read when the rules were last evaluated."""
        why = "reads when AWS Config last evaluated each rule"
        self.grant(function, "ReadEvaluations", ["dynamodb:BatchGetItem"], _under(f"{PREFIX}*"), why=why)

    def grant_read_head(self, function: Function) -> None:
        """Lets a function read where the audit trail ends."""
        self.grant(function, "ReadHead", ["dynamodb:GetItem"], _under(HEAD), why="reads where the audit trail ends")

    def grant_open_cases(self, function: Function, rule: str) -> None:
        """Lets a function keep the list of a rule's open cases."""
        actions = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"]
        why = "lists which findings have an open case"
        self.grant(function, "KeepOpenCases", actions, _under(open_cases.key_of(rule)), why=why)

    def grant_read_open_cases(self, function: Function, rules: Iterable[str]) -> None:
        """Lets a function read the lists of some rules' open cases."""
        why = "finds the cases that the event of AWS Config has not closed"
        keys = _under(*map(open_cases.key_of, rules))
        self.grant(function, "ReadOpenCases", ["dynamodb:BatchGetItem"], keys, why=why)


def _under(*keys: str) -> Conditions:
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}}
