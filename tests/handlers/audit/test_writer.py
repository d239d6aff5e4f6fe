"""Records are written once, in order, and chained, also after an unfinished invocation."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.audit import writer as written_by
from handlers.audit.writer import BusyTrailError, Writer, written
from handlers.common.model.events import MalformedEventError
from handlers.common.runtime import clients
from handlers.common.stores.audit_chain import BEGINNING, Chain, Head, canonical, digest
from handlers.common.stores.audit_trail import Entry
from handlers.common.stores.journal import HEAD, KEY, RECORDS
from handlers.common.stores.report_bucket import record_key
from tests.handlers.audit.conftest import Way, is_chained, words
from tests.support.trails import BUCKET, SENDER, TABLE, bodies, entry, journal, record_now, records


def dying(patched: pytest.MonkeyPatch, name: str) -> None:
    patched.setattr(Writer, name, lambda *_: (_ for _ in ()).throw(ConnectionError("AWS cannot be reached")))


def test_records_are_written_in_order(way: Way) -> None:
    way.put("first", "second", "third")
    assert words() == []
    assert way.run() == 0
    assert words() == ["first", "second", "third"]
    assert is_chained()
    (first, *_) = records()
    assert (first["previous_sha256"], first["ids"]["sent_by"]) == (BEGINNING, SENDER)
    assert first["happened_at"] <= first["at"]
    assert Chain(BUCKET, journal()).noted() == Head(3, digest(bodies()[3]))


def test_a_batch_has_one_put_per_record_and_few_other_calls(way: Way) -> None:
    calls: list[str] = []
    for client in (clients.s3(), clients.dynamodb()):
        client.meta.events.register("before-call", lambda model, **_: calls.append(model.name))
    way.put(*"abcdefghij")
    way.run()
    assert calls.count("PutObject") == 10
    assert sorted(set(calls)) == ["BatchGetItem", "BatchWriteItem", "GetItem", "ListObjectsV2", "PutItem", "PutObject"]
    assert len(calls) == 10 + 5, "there was no head, so the bucket was looked through once"


@pytest.mark.parametrize("later", [0, 400])
def test_a_redelivered_entry_is_recorded_once(way: Way, later: int, time: Any) -> None:
    [once] = way.put("ours")
    way.run()
    time.pass_by(later)
    way.trail.append(once)
    way.put("other")
    way.run()
    assert words() == ["ours", "other"]


@pytest.mark.parametrize("dies", ["end", "_mark_written", "_get"])
def test_the_next_invocation_completes_an_unfinished_write(
    way: Way, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    """Ends the invocation after a write, or before it updates the head."""
    way.put("first", "second", "third")
    record_now(Entry.of(way._queue._messages[0].body))
    boto3.client("dynamodb", "eu-west-1").delete_item(TableName=TABLE, Key={KEY: {"S": HEAD}})
    with monkeypatch.context() as patched:
        dying(patched, dies)
        if dies == "end":
            with pytest.raises(ConnectionError):
                way.run()
        else:
            assert way.run() >= 2
    assert way.run() == 0
    assert words() == ["first", "second", "third"]
    assert is_chained()


def test_messages_after_a_failure_stay_in_order(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    way.put("first", "second", "third")
    put = Writer._put

    def failing(self: Writer, sequence: int, body: bytes) -> bool:
        if json.loads(body)["what"]["resource_id"] == "second":
            raise ConnectionError("S3 cannot be reached")
        return put(self, sequence, body)

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "_put", failing)
        assert way.run() == 2
    assert way.run() == 0
    assert words() == ["first", "second", "third"]


def test_remaining_messages_stay_before_the_timeout(way: Way) -> None:
    way.put("first", "second")
    way.left_milliseconds = 1_000
    assert way.run() == 2
    way.left_milliseconds = 120_000
    assert way.run() == 0


@pytest.mark.parametrize("foreign", [b"no JSON", b"[]", b"{}", b'{"ids": {"record_id": 7}}', b"[" * 100_000])
def test_a_number_used_by_another_object_is_skipped(way: Way, foreign: bytes) -> None:
    clients.s3().put_object(Bucket=BUCKET, Key=record_key(1), Body=foreign)
    way.put("ours")
    assert way.run() == 0
    assert json.loads(bodies()[2])["previous_sha256"] == digest(foreign)


def test_concurrent_writers_do_not_fork_the_chain(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a second invocation during the first, as Lambda may after the visibility timeout."""
    original, others = written_by.written, iter(("other-1", "other-2"))

    def interrupted(one: Entry, head: Head, sender: str) -> bytes:
        body = original(one, head, sender)
        if one.what["resource_id"] == "ours" and (word := next(others, None)) is not None:
            record_now(entry(word))
        return body

    monkeypatch.setattr(written_by, "written", interrupted)
    way.put("ours")
    way.run()
    assert words() == ["other-1", "other-2", "ours"]
    assert is_chained()


def test_conflicting_writes_are_retried(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    client, conflicts = clients.s3(), iter([True] * 2 + [False] + [True] * 100)
    put = client.put_object

    def in_conflict(**arguments: Any) -> Any:
        if next(conflicts):
            raise ClientError({"Error": {"Code": "ConditionalRequestConflict"}}, "PutObject")
        return put(**arguments)

    monkeypatch.setattr(client, "put_object", in_conflict)
    way.put("ours")
    assert way.run() == 0
    with pytest.raises(BusyTrailError, match="writing record 2"):
        record_now(entry("late"))


def test_a_record_whose_response_was_lost_is_recognized(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loses a response, so that the SDK retries and S3 finds an object."""
    put = clients.s3().put_object

    def twice(**arguments: Any) -> Any:
        put(**arguments)
        return put(**arguments)

    monkeypatch.setattr(clients.s3(), "put_object", twice)
    way.put("ours")
    assert way.run() == 0
    assert words() == ["ours"]


NO_ENTRIES = ["", "{", "[]", "null", "{}", '{"kind": "PLAN"}', "[" * 100_000]
NO_ENTRIES += ['{"kind": "OTHER", "once": "x", "who": {}, "what": {}, "why": {}}']
NO_ENTRIES += ['{"kind": "PLAN", "once": "x", "who": {}, "what": [], "why": {}}']
# Valid in JSON as an escape, but not in UTF-8.
NO_ENTRIES += [r'{"kind": "PLAN", "once": "x", "who": {}, "what": {"name": "\ud800"}, "why": {}}']
NO_ENTRIES += [r'{"kind": "PLAN", "once": "\ud800", "who": {}, "what": {}, "why": {}}']
NO_ENTRIES += [r'{"kind": "PLAN", "once": "x", "who": {}, "what": {}, "why": {}, "\ud800": 1}']


@pytest.mark.parametrize("body", NO_ENTRIES, ids=range(len(NO_ENTRIES)))
def test_an_invalid_entry_is_recorded_and_does_not_block_others(way: Way, body: str) -> None:
    way.put("first")
    sqs = boto3.client("sqs", "eu-west-1")
    if body:
        arguments: Any = {"MessageGroupId": "audit", "MessageDeduplicationId": "x"}
        sqs.send_message(QueueUrl=way.trail.queue_url, MessageBody=body, **arguments)
    way.put("last")
    assert way.run() == 0
    kinds = [json.loads(each)["kind"] for _, each in sorted(bodies().items())]
    assert kinds == ["PLAN", "UNREADABLE", "PLAN"] if body else ["PLAN", "PLAN"]
    assert is_chained()
    with pytest.raises(MalformedEventError):
        Entry.of(body)


@given(word=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@settings(deadline=None, max_examples=50)
def test_any_text_is_stored_unchanged(word: str) -> None:
    body = written(entry(word), Head(), SENDER)
    assert json.loads(body)["what"]["resource_id"] == word
    assert body == canonical(json.loads(body))


def test_duplicates_are_recognized_for_a_month(way: Way) -> None:
    [once] = way.put("ours")
    way.run()
    assert journal().marked([RECORDS + once.record_id]) == {RECORDS + once.record_id}
