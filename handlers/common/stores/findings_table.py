"""The findings table in DynamoDB, with optimistic locking by the item's revision."""

import dataclasses
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handlers import __version__
from handlers.common.model.events import ComplianceChange
from handlers.common.model.finding import VIOLATED, Finding, Status, finding_id
from handlers.common.model.rule import Rule
from handlers.common.model.transitions import Evaluation, changed
from handlers.common.runtime import clock
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores import batch_reads as batches

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = "finding_id"
ATTEMPTS = 10

EXPIRES = "expires_at"
"""The attribute by which DynamoDB deletes an item, in seconds since 1970 (DynamoDB Developer Guide, "Time to Live")."""

KEPT = timedelta(days=90)
"""Retention of a finding after it was resolved, and of an item without a violation after its last change."""

TEXTS = {field.name for field in dataclasses.fields(Finding)} - {"revision"}


class BusyFindingError(ComplianceMonitorError, RuntimeError):
    """Other writers changed the finding during every attempt. The invocation must be retried."""


@dataclasses.dataclass(frozen=True)
class FindingsTable:
    """The table of findings."""

    client: "DynamoDBClient"
    table: str

    def record(
        self,
        change: ComplianceChange,
        rule: Rule,
        claim: timedelta,
        waiver: str = "",
        grace: timedelta = timedelta(),
    ) -> Finding | None:
        """Writes a change; returns the finding, or None if the change is known or outdated.

        `waiver` is the id of the waiver in force. A finding that is resolved within `grace` is brief.
        """
        evaluation = Evaluation(change, rule.name, rule.severity, waiver, grace)
        for _ in range(ATTEMPTS):
            finding = changed(self._get(change, rule), evaluation, clock.now(), claim)
            if finding is None or self._put(finding):
                return finding
        raise BusyFindingError(f"{change.resource_id} under {rule.name}: {ATTEMPTS} conflicts with other writers")

    def mark_alerted(self, finding: Finding) -> None:
        """Marks the alert as sent, unless a later change has updated the finding."""
        self._put(finding.alerted())

    def get_many(self, ids: Iterable[str]) -> dict[str, Finding]:
        """Returns the existing findings of some ids, by id."""
        return {item[KEY]["S"]: _finding(item) for item in batches.items(self.client, self.table, KEY, ids)}

    def page(self, start: Any = None) -> tuple[list[Finding], Any]:
        """Returns a page of findings without status CLEAR, unordered, and the start of the next page or None."""
        answer = self.client.scan(
            TableName=self.table,
            ConsistentRead=True,
            FilterExpression="#status <> :clear",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":clear": {"S": Status.CLEAR}},
            **({"ExclusiveStartKey": start} if start else {}),
        )
        return [_finding(item) for item in answer["Items"]], answer.get("LastEvaluatedKey")

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
    version = {"version": {"S": __version__}}
    return {KEY: {"S": finding.finding_id}, "revision": {"N": str(revision)}} | texts | version | _expiry(finding)


def _expiry(finding: Finding) -> Any:
    if finding.status in VIOLATED:
        return {}
    last = clock.parse(finding.resolved_at) if finding.resolved_at else clock.now()
    return {EXPIRES: {"N": str(int((last + KEPT).timestamp()))}}


def _finding(item: Any) -> Finding:
    """Returns the finding of an item; attributes of another version are ignored."""
    values = {name: value.get("S", "") for name, value in item.items() if name in TEXTS}
    return Finding(revision=int(item["revision"]["N"]), **values)
