"""The queue of the audit trail and the function that reads it, in the simulated AWS."""

import json
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from moto.sqs.models import sqs_backends

from handlers.audit.app import handler
from handlers.audit.environment import AuditEnvironment
from handlers.common.stores.audit_chain import BEGINNING, digest
from handlers.common.stores.audit_trail import Entry, Trail
from tests.support.changes import ACCOUNT
from tests.support.trails import BUCKET, QUEUE, SENDER, TABLE, bodies, entry, make_trail


class Way:
    """The queue and its function."""

    def __init__(self, trail: Trail) -> None:
        self.trail = trail
        self.left_milliseconds = 120_000

    @property
    def _queue(self) -> Any:
        return sqs_backends[ACCOUNT]["eu-west-1"].queues[QUEUE]

    def put(self, *words: str) -> list[Entry]:
        entries = [entry(word) for word in words]
        for each in entries:
            self.trail.append(each)
        return entries

    def run(self, most: int = 10) -> int:
        """Processes one batch; returns the number of messages that stay in the queue."""
        batch = self._queue._messages[:most]
        records = [{"messageId": each.id, "body": each.body, "attributes": {"SenderId": SENDER}} for each in batch]
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: self.left_milliseconds)
        answer = handler({"Records": records}, context)
        left = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        assert [each.id for each in batch if each.id in left] == [each.id for each in batch[len(batch) - len(left) :]]
        done = {each.id for each in batch} - left
        self._queue._messages = [each for each in self._queue._messages if each.id not in done]
        return len(self._queue._messages)


@pytest.fixture
def way(aws: None, monkeypatch: pytest.MonkeyPatch) -> Way:
    environment = AuditEnvironment(
        environment="dev", environment_suffix="ew1", report_bucket=BUCKET, journal_table=TABLE
    )
    for name, value in environment.to_variables().items():
        monkeypatch.setenv(name, value)
    return Way(make_trail())


def words() -> list[str]:
    """Returns the objects of the bucket, in order."""
    return [json.loads(body)["what"]["resource_id"] for _, body in sorted(bodies().items())]


def is_chained() -> bool:
    held = sorted(bodies().items())
    before = [BEGINNING, *(digest(body) for _, body in held)]
    linked = all(json.loads(body)["previous_sha256"] == link for (_, body), link in zip(held, before, strict=False))
    return linked and all(later == earlier + 1 for (earlier, _), (later, _) in pairwise(held))
