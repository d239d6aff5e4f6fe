"""The journal in DynamoDB, by which concurrent invocations coordinate.

An item has a key and strings, integers, a set of names, or an integer for each of many names. Writes are conditional,
so that only one of two concurrent writers succeeds. Removing a name from a set needs no condition, and neither does a
mark, an item that has only its key.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handlers.common.runtime.batches import chunks
from handlers.common.stores import batch_reads as batches

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = "journal_key"
EXPIRES = "expires_at"
"""The attribute with the epoch seconds after which DynamoDB deletes an item."""

HEAD = "audit-head"
"""The key of the audit trail's head."""

RECORDS = "record/"
"""The prefix of the marks of written audit records."""

NAMES = "names"

COUNT = "count"

NAME, NUMBER = "#name", ":number"
"""Placeholders in expressions."""

WRITTEN_TOGETHER = 25
"""Maximum items of one call (DynamoDB API Reference, BatchWriteItem)."""

Values = Mapping[str, str | int]


@dataclass(frozen=True)
class Journal:
    """The journal's table."""

    client: "DynamoDBClient"
    table: str

    def get(self, key: str) -> dict[str, Any] | None:
        """Returns an item without its key, by a consistent read; None if there is none."""
        answer = self.client.get_item(TableName=self.table, Key={KEY: {"S": key}}, ConsistentRead=True)
        return _read(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields the existing items of some keys, each with its key."""
        for item in batches.items(self.client, self.table, KEY, keys):
            yield str(item[KEY]["S"]), _read(item)

    def mark(self, keys: Sequence[str], expires: int) -> None:
        """Writes marks, which replace existing items of the same keys."""
        items = [{KEY: _attribute(key), EXPIRES: _attribute(expires)} for key in dict.fromkeys(keys)]
        for batch in chunks(items, WRITTEN_TOGETHER):
            requests: Any = {self.table: [{"PutRequest": {"Item": item}} for item in batch]}
            while requests:
                requests = self.client.batch_write_item(RequestItems=requests).get("UnprocessedItems")

    def marked(self, keys: Sequence[str]) -> set[str]:
        """Returns those keys that have an item."""
        return {key for key, _ in self.get_many(keys)}

    def add(self, key: str, count: int, limit: int, expires: int) -> bool:
        """Adds to a counter; returns False, without a write, if it would exceed the limit."""
        return self._write(
            self.client.update_item,
            Key={KEY: {"S": key}},
            UpdateExpression=f"ADD #count :count SET {EXPIRES} = :expires",
            ConditionExpression="attribute_not_exists(#count) OR #count <= :most",
            ExpressionAttributeNames={"#count": COUNT},
            ExpressionAttributeValues={
                ":count": _attribute(count),
                ":most": _attribute(limit - count),
                ":expires": _attribute(expires),
            },
        )

    def create(self, key: str, values: Values) -> bool:
        """Writes a new item; returns False if the key exists."""
        return self._put(key, values, f"attribute_not_exists({KEY})", {})

    def replace(self, key: str, values: Values, seen: Mapping[str, str | int]) -> bool:
        """Replaces an item that has the values `seen`; returns False if it has others."""
        names = {f"#{number}": name for number, name in enumerate(seen)}
        condition = " AND ".join(f"#{number} = :{number}" for number, _ in enumerate(seen))
        expected = {f":{number}": _attribute(value) for number, value in enumerate(seen.values())}
        placeholders = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": expected}
        return self._put(key, values, condition, placeholders)

    def advance(self, key: str, name: str, number: int, values: Values) -> bool:
        """Writes an item if it is new or its number is lower; returns False if not."""
        condition = f"attribute_not_exists({KEY}) OR #name < :number"
        expected = {":number": _attribute(number)}
        placeholders = {"ExpressionAttributeNames": {"#name": name}, "ExpressionAttributeValues": expected}
        return self._put(key, {**values, name: number}, condition, placeholders)

    def enter(self, key: str, name: str, limit: int, expires: int) -> bool:
        """Adds a name to a set; returns False if the name is new and the set has reached its limit."""
        return self._write(
            self.client.update_item,
            Key={KEY: {"S": key}},
            UpdateExpression=f"ADD #names :names SET {EXPIRES} = :expires",
            ConditionExpression="attribute_not_exists(#names) OR size(#names) < :limit OR contains(#names, :name)",
            ExpressionAttributeNames={"#names": NAMES},
            ExpressionAttributeValues={
                ":name": _attribute(name),
                ":names": {"SS": [name]},
                ":limit": _attribute(limit),
                ":expires": _attribute(expires),
            },
        )

    def leave(self, key: str, name: str) -> None:
        """Removes a name from a set, if it is in it."""
        self.client.update_item(
            TableName=self.table,
            Key={KEY: {"S": key}},
            UpdateExpression="DELETE #names :names",
            ExpressionAttributeNames={"#names": NAMES},
            ExpressionAttributeValues={":names": {"SS": [name]}},
        )

    def entered(self, key: str) -> set[str]:
        """Returns the names in a set."""
        return set((self.get(key) or {}).get(NAMES, ()))

    def raise_number(self, key: str, name: str, number: int) -> None:
        """Sets the number of a name, unless it has the same or a higher one."""
        self._change_number(
            f"SET {NAME} = {NUMBER}", f"attribute_not_exists({NAME}) OR {NAME} < {NUMBER}", key, name, number
        )

    def remove_number(self, key: str, name: str, number: int) -> None:
        """Removes the number of a name, unless it is higher than `number`."""
        self._change_number(f"REMOVE {NAME}", f"{NAME} <= {NUMBER}", key, name, number)

    def _change_number(self, update: str, condition: str, key: str, name: str, number: int) -> None:
        self._write(
            self.client.update_item,
            Key={KEY: {"S": key}},
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeNames={NAME: name},
            ExpressionAttributeValues={NUMBER: _attribute(number)},
        )

    def _put(self, key: str, values: Values, condition: str, placeholders: Mapping[str, Any]) -> bool:
        item = {KEY: _attribute(key)} | {name: _attribute(value) for name, value in values.items()}
        return self._write(self.client.put_item, Item=item, ConditionExpression=condition, **placeholders)

    def _write(self, call: Any, **arguments: Any) -> bool:
        """Makes a conditional write; returns False if the condition is not met."""
        try:
            call(TableName=self.table, **arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _attribute(value: str | int) -> dict[str, str]:
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def _read(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(attribute) for name, attribute in item.items() if name != KEY}


def _value(attribute: Mapping[str, Any]) -> str | int | list[str]:
    ((kind, content),) = attribute.items()
    return int(content) if kind == "N" else content
