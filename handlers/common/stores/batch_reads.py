"""Batch reads of DynamoDB items."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from handlers.common.runtime.batches import chunks

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEYS_A_CALL = 100
"""DynamoDB API Reference, BatchGetItem."""


def items(client: "DynamoDBClient", table: str, attribute: str, keys: Iterable[str]) -> Iterator[Any]:
    """Yields the existing items of some partition keys, by consistent reads, unordered."""
    for batch in chunks(list(dict.fromkeys(keys)), KEYS_A_CALL):
        requests: Any = {table: {"Keys": [{attribute: {"S": key}} for key in batch], "ConsistentRead": True}}
        while requests:
            answer = client.batch_get_item(RequestItems=requests)
            yield from answer["Responses"].get(table, [])
            requests = answer.get("UnprocessedKeys")
