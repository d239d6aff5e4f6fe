"""Many items are read in calls of a hundred keys, and unprocessed keys are requested again."""

from typing import Any

import pytest

from handlers.common.stores import batch_reads as batches

TABLE, KEY = "a-table", "a-key"


class Leaving:
    """Serves some keys of each call and returns the others as unprocessed, as DynamoDB may."""

    def __init__(self, served: int) -> None:
        self.served = served
        self.calls: list[list[str]] = []

    def batch_get_item(self, RequestItems: Any) -> Any:
        asked = RequestItems[TABLE]["Keys"]
        self.calls.append([key[KEY]["S"] for key in asked])
        answer: dict[str, Any] = {"Responses": {TABLE: asked[: self.served]}}
        if left := asked[self.served :]:
            answer["UnprocessedKeys"] = {TABLE: {"Keys": left, "ConsistentRead": True}}
        return answer


@pytest.mark.parametrize(("served", "calls"), [(100, [100, 100, 1]), (60, [100, 40, 100, 40, 1])])
def test_every_key_is_asked_for_until_it_is_served(served: int, calls: list[int]) -> None:
    keys = [f"key-{number}" for number in range(201)]
    client: Any = Leaving(served)
    found = [item[KEY]["S"] for item in batches.items(client, TABLE, KEY, [*keys, *keys])]
    assert found == keys
    assert list(map(len, client.calls)) == calls


def test_nothing_is_asked_for_without_keys() -> None:
    client: Any = Leaving(100)
    assert list(batches.items(client, TABLE, KEY, [])) == []
    assert client.calls == []
