"""Reads many items of a DynamoDB table, in as few calls as it takes."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from handlers.common.runtime.batches import chunks

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEYS_A_CALL = 100
"""DynamoDB API Reference, BatchGetItem."""


def items(client: "DynamoDBClient", table: str, attribute: str, keys: Iterable[str]) -> Iterator[Any]:
    """Yields the items that are there under some partition keys, as they are now, in no order."""
    for some in chunks(list(dict.fromkeys(keys)), KEYS_A_CALL):
        wanted: Any = {table: {"Keys": [{attribute: {"S": key}} for key in some], "ConsistentRead": True}}
        while wanted:
            answer = client.batch_get_item(RequestItems=wanted)
            yield from answer["Responses"].get(table, [])
            # DynamoDB leaves out what it cannot serve now.
            wanted = answer.get("UnprocessedKeys")
