"""The journal in DynamoDB: what functions must agree on while they act at the same time.

An item is a key and a few texts, whole numbers, a list of names, or a whole number for each of many names. Every write
of an item has a condition, so that of two writers one is refused; to take a name off a list needs none, and no more
does a mark, which says only that it is there.
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
"""Epoch seconds after which DynamoDB may remove an item."""

HEAD = "audit-head"
"""The key under which the audit trail's head is."""

RECORDS = "record/"
"""Under which it is noted where each record of the audit trail is."""

NAMES = "names"

COUNT = "count"

NAME, NUMBER = "#name", ":number"
"""Placeholders in expressions."""

WRITTEN_TOGETHER = 25
"""Items of one call (DynamoDB API Reference, BatchWriteItem)."""

Values = Mapping[str, str | int]


@dataclass(frozen=True)
class Journal:
    """The table."""

    client: "DynamoDBClient"
    table: str

    def get(self, key: str) -> dict[str, Any] | None:
        """Returns an item as it is now, without its key; None if there is none."""
        answer = self.client.get_item(TableName=self.table, Key={KEY: {"S": key}}, ConsistentRead=True)
        return _read(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields the items of some keys that are there, each with its key."""
        for item in batches.items(self.client, self.table, KEY, keys):
            yield str(item[KEY]["S"]), _read(item)

    def mark(self, keys: Sequence[str], expires: int) -> None:
        """Writes items that are there and say no more, over whatever there was."""
        items = [{KEY: _written(key), EXPIRES: _written(expires)} for key in dict.fromkeys(keys)]
        for some in chunks(items, WRITTEN_TOGETHER):
            wanted: Any = {self.table: [{"PutRequest": {"Item": item}} for item in some]}
            while wanted:
                # DynamoDB leaves out what it cannot take now.
                wanted = self.client.batch_write_item(RequestItems=wanted).get("UnprocessedItems")

    def marked(self, keys: Sequence[str]) -> set[str]:
        """Returns those of some keys under which there is an item."""
        return {key for key, _ in self.get_many(keys)}

    def add(self, key: str, count: int, limit: int, expires: int) -> bool:
        """Adds to a number that may come to the limit at most; False if it would pass it."""
        return self._done(
            self.client.update_item,
            Key={KEY: {"S": key}},
            UpdateExpression=f"ADD #count :count SET {EXPIRES} = :expires",
            ConditionExpression="attribute_not_exists(#count) OR #count <= :room",
            ExpressionAttributeNames={"#count": COUNT},
            ExpressionAttributeValues={
                ":count": _written(count),
                ":room": _written(limit - count),
                ":expires": _written(expires),
            },
        )

    def create(self, key: str, values: Values) -> bool:
        """Writes a new item; False if there is one."""
        return self._put(key, values, f"attribute_not_exists({KEY})", {})

    def replace(self, key: str, values: Values, seen: Mapping[str, str | int]) -> bool:
        """Writes an item over the one that has the values seen; False if it has others by now."""
        names = {f"#{number}": name for number, name in enumerate(seen)}
        condition = " AND ".join(f"#{number} = :{number}" for number, _ in enumerate(seen))
        wanted = {f":{number}": _written(value) for number, value in enumerate(seen.values())}
        more = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": wanted}
        return self._put(key, values, condition, more)

    def advance(self, key: str, name: str, number: int, values: Values) -> bool:
        """Writes an item if the number it has under a name is lower, or it is not there; False if not."""
        condition = f"attribute_not_exists({KEY}) OR #name < :number"
        wanted = {":number": _written(number)}
        more = {"ExpressionAttributeNames": {"#name": name}, "ExpressionAttributeValues": wanted}
        return self._put(key, {**values, name: number}, condition, more)

    def enter(self, key: str, name: str, limit: int, expires: int) -> bool:
        """Puts a name on a list that is below its limit, or has it already; False if the list is full."""
        return self._done(
            self.client.update_item,
            Key={KEY: {"S": key}},
            UpdateExpression=f"ADD #names :names SET {EXPIRES} = :expires",
            ConditionExpression="attribute_not_exists(#names) OR size(#names) < :limit OR contains(#names, :name)",
            ExpressionAttributeNames={"#names": NAMES},
            ExpressionAttributeValues={
                ":name": _written(name),
                ":names": {"SS": [name]},
                ":limit": _written(limit),
                ":expires": _written(expires),
            },
        )

    def leave(self, key: str, name: str) -> None:
        """Takes a name off a list; one that is not on it changes nothing."""
        self.client.update_item(
            TableName=self.table,
            Key={KEY: {"S": key}},
            UpdateExpression="DELETE #names :names",
            ExpressionAttributeNames={"#names": NAMES},
            ExpressionAttributeValues={":names": {"SS": [name]}},
        )

    def entered(self, key: str) -> set[str]:
        """Returns the names on a list."""
        return set((self.get(key) or {}).get(NAMES, ()))

    def raise_number(self, key: str, name: str, number: int) -> None:
        """Sets the number of a name, unless it has that one or a higher."""
        self._change_number(
            f"SET {NAME} = {NUMBER}", f"attribute_not_exists({NAME}) OR {NAME} < {NUMBER}", key, name, number
        )

    def remove_number(self, key: str, name: str, number: int) -> None:
        """Removes the number of a name, unless it is a higher one."""
        self._change_number(f"REMOVE {NAME}", f"{NAME} <= {NUMBER}", key, name, number)

    def _change_number(self, update: str, condition: str, key: str, name: str, number: int) -> None:
        self._done(
            self.client.update_item,
            Key={KEY: {"S": key}},
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeNames={NAME: name},
            ExpressionAttributeValues={NUMBER: _written(number)},
        )

    def _put(self, key: str, values: Values, condition: str, more: Mapping[str, Any]) -> bool:
        item = {KEY: _written(key)} | {name: _written(value) for name, value in values.items()}
        return self._done(self.client.put_item, Item=item, ConditionExpression=condition, **more)

    def _done(self, call: Any, **arguments: Any) -> bool:
        try:
            call(TableName=self.table, **arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _written(value: str | int) -> dict[str, str]:
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def _read(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in item.items() if name != KEY}


def _plain(value: Mapping[str, Any]) -> str | int | list[str]:
    ((kind, content),) = value.items()
    return int(content) if kind == "N" else content
