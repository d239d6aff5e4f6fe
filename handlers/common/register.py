"""The findings register in DynamoDB: optimistic writes on the item's revision."""

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handlers.common import clock
from handlers.common.chunks import chunks
from handlers.common.events import ComplianceChange
from handlers.common.findings import Finding, changed, finding_id
from handlers.common.rule import Rule

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = "finding_id"
BATCH = 100  # BatchGetItem's limit
ATTEMPTS = 10


class BusyFindingError(RuntimeError):
    """Other writers changed the finding every time we tried; the invocation's retry tries again."""


class UnreadFindingsError(RuntimeError):
    """DynamoDB kept leaving keys unprocessed."""


@dataclasses.dataclass(frozen=True)
class Register:
    """The table of findings."""

    client: "DynamoDBClient"
    table: str

    def record(self, change: ComplianceChange, rule: Rule, claim: timedelta) -> Finding | None:
        """Takes a change into the register: the finding as written, or None if the change is old or known."""
        for _ in range(ATTEMPTS):
            held = self._get(change, rule)
            finding = changed(held, change, rule.name, rule.severity, clock.now(), claim)
            if finding is None or self._put(finding):
                return finding
        raise BusyFindingError(f"{change.resource_id} under {rule.name}: {ATTEMPTS} writes lost against other writers")

    def mark_alerted(self, finding: Finding) -> None:
        """Notes that the alert is sent, unless a later change has taken the finding over meanwhile."""
        self._put(finding.alerted())

    def find(self, ids: Iterable[str]) -> Iterator[Finding]:
        """The findings that exist under these ids, in no order."""
        wanted = sorted(set(ids))
        for some in chunks(wanted, BATCH):
            yield from self._batch(some)

    def _batch(self, ids: list[str]) -> Iterator[Finding]:
        keys: Any = [{KEY: {"S": identity}} for identity in ids]
        for _ in range(ATTEMPTS):
            answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": keys, "ConsistentRead": True}})
            yield from map(_finding, answer["Responses"].get(self.table, []))
            unread: Any = answer.get("UnprocessedKeys", {})
            keys = unread.get(self.table, {}).get("Keys")
            if not keys:
                return
        raise UnreadFindingsError(f"{len(keys)} findings of {self.table} stayed unread after {ATTEMPTS} attempts")

    def _get(self, change: ComplianceChange, rule: Rule) -> Finding | None:
        key = finding_id(rule.name, change.account, change.region, change.resource_type, change.resource_id)
        answer = self.client.get_item(TableName=self.table, Key={KEY: {"S": key}}, ConsistentRead=True)
        return _finding(answer["Item"]) if "Item" in answer else None

    def _put(self, finding: Finding) -> bool:
        try:
            self.client.put_item(
                TableName=self.table,
                Item=_item(finding),
                ConditionExpression=f"attribute_not_exists({KEY}) OR revision = :seen",
                ExpressionAttributeValues={":seen": {"N": str(finding.revision - 1)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _item(finding: Finding) -> Any:
    fields = dataclasses.asdict(finding)
    revision = fields.pop("revision")
    texts = {name: {"S": str(value)} for name, value in fields.items()}
    return {KEY: {"S": finding.finding_id}, "revision": {"N": str(revision)}} | texts


def _finding(item: Any) -> Finding:
    values = {name: value.get("S", "") for name, value in item.items() if name not in (KEY, "revision")}
    return Finding(revision=int(item["revision"]["N"]), **values)
