"""Records are written once, in their order, and chained, whatever an earlier invocation has left undone."""

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


def test_records_follow_in_the_order_in_which_they_came(way: Way) -> None:
    way.put("first", "second", "third")
    assert words() == []
    assert way.run() == 0
    assert words() == ["first", "second", "third"]
    assert is_chained()
    (first, *_) = records()
    assert (first["previous_sha256"], first["ids"]["sent_by"]) == (BEGINNING, SENDER)
    assert first["happened_at"] <= first["at"]
    assert Chain(BUCKET, journal()).noted() == Head(3, digest(bodies()[3]))


def test_a_batch_is_one_put_a_record_and_few_calls_besides(way: Way) -> None:
    calls: list[str] = []
    for client in (clients.s3(), clients.dynamodb()):
        client.meta.events.register("before-call", lambda model, **_: calls.append(model.name))
    way.put(*"abcdefghij")
    way.run()
    assert calls.count("PutObject") == 10
    assert sorted(set(calls)) == ["BatchGetItem", "BatchWriteItem", "GetItem", "ListObjectsV2", "PutItem", "PutObject"]
    assert len(calls) == 10 + 5, "there was no head, so the bucket was looked through once"


@pytest.mark.parametrize("later", [0, 400])
def test_an_entry_that_comes_again_is_recorded_once(way: Way, later: int, time: Any) -> None:
    [once] = way.put("ours")
    way.run()
    time.pass_by(later)
    way.trail.append(once)
    way.put("other")
    way.run()
    assert words() == ["ours", "other"]


@pytest.mark.parametrize("dies", ["end", "_mark_written", "_get"])
def test_what_an_invocation_left_unfinished_is_found_by_the_next(
    way: Way, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    """It died after a write, or before it had noted what was written."""
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


def test_from_the_first_failure_on_all_stay_in_their_order(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_when_time_runs_short_the_rest_stays(way: Way) -> None:
    way.put("first", "second")
    way.left_milliseconds = 1_000
    assert way.run() == 2
    way.left_milliseconds = 120_000
    assert way.run() == 0


@pytest.mark.parametrize("foreign", [b"no JSON", b"[]", b"{}", b'{"ids": {"record_id": 7}}', b"[" * 100_000])
def test_a_number_that_something_else_has_is_left_to_it(way: Way, foreign: bytes) -> None:
    clients.s3().put_object(Bucket=BUCKET, Key=record_key(1), Body=foreign)
    way.put("ours")
    assert way.run() == 0
    assert json.loads(bodies()[2])["previous_sha256"] == digest(foreign)


def test_two_writers_at_once_fork_nothing(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda may run a second one while the first is not over, after the visibility timeout."""
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


def test_two_writes_at_once_of_which_s3_takes_none_are_tried_again(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_record_whose_answer_was_lost_is_known_again(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK asks a second time, and S3 says that there is an object."""
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
# What JSON can say and UTF-8 cannot, by its escape.
NO_ENTRIES += [r'{"kind": "PLAN", "once": "x", "who": {}, "what": {"name": "\ud800"}, "why": {}}']
NO_ENTRIES += [r'{"kind": "PLAN", "once": "\ud800", "who": {}, "what": {}, "why": {}}']
NO_ENTRIES += [r'{"kind": "PLAN", "once": "x", "who": {}, "what": {}, "why": {}, "\ud800": 1}']


@pytest.mark.parametrize("body", NO_ENTRIES, ids=range(len(NO_ENTRIES)))
def test_what_is_no_entry_is_recorded_as_such_and_holds_nothing_up(way: Way, body: str) -> None:
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
def test_any_text_is_kept_as_it_is(word: str) -> None:
    body = written(entry(word), Head(), SENDER)
    assert json.loads(body)["what"]["resource_id"] == word
    assert body == canonical(json.loads(body))


def test_a_record_is_known_by_its_id_for_a_month(way: Way) -> None:
    [once] = way.put("ours")
    way.run()
    assert journal().marked([RECORDS + once.record_id]) == {RECORDS + once.record_id}
