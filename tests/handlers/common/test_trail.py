import json
import threading
from itertools import pairwise
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.common import clients, trail
from handlers.common.journal import HEAD, Journal
from handlers.common.trail import BEGINNING, BusyTrailError, Head, Trail, digest
from tests.handlers.trails import BUCKET, TABLE, bodies, entry, make_trail, records


@pytest.fixture
def empty(aws: None) -> Trail:
    return make_trail()


def is_chained() -> bool:
    held = sorted(bodies().items())
    before = [BEGINNING, *(digest(body) for _, body in held)]
    linked = all(record["previous_sha256"] == hashed for record, hashed in zip(records(), before, strict=False))
    return linked and all(later == earlier + 1 for (earlier, _), (later, _) in pairwise(held))


def test_each_record_has_the_hash_of_the_one_before(empty: Trail) -> None:
    heads = [empty.append(entry(word)) for word in ("first", "second", "third")]
    assert [head.sequence for head in heads] == [1, 2, 3]
    assert is_chained()
    assert empty.head() == heads[-1]
    assert [record["what"]["resource_id"] for record in records()] == ["first", "second", "third"]
    assert records()[0]["previous_sha256"] == BEGINNING


def test_a_crash_between_record_and_head_loses_nothing(empty: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.append(entry("first"))
    with monkeypatch.context() as patched:
        patched.setattr(Trail, "_move", lambda *_: (_ for _ in ()).throw(ConnectionError))
        with pytest.raises(ConnectionError):
            empty.append(entry("second"))
    empty.append(entry("third"))
    assert [record["what"]["resource_id"] for record in records()] == ["first", "second", "third"]
    assert is_chained()


def test_a_number_that_another_writer_takes_is_left_to_it(empty: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another writer comes in between reading the head and writing the record."""
    original = trail.written
    others = iter(("other-1", "other-2"))

    def interrupted(one: Any, head: Head) -> bytes:
        body = original(one, head)
        if one.what["resource_id"] == "ours" and (word := next(others, None)) is not None:
            empty.append(entry(word))
        return body

    monkeypatch.setattr(trail, "written", interrupted)
    empty.append(entry("ours"))
    assert [record["what"]["resource_id"] for record in records()] == ["other-1", "other-2", "ours"]
    assert is_chained()


def test_eight_writers_at_once_lose_nothing(empty: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(name: int) -> None:
        for number in range(5):
            empty.append(entry(f"{name}-{number}"))

    # The simulated S3 looks and writes in two steps, which AWS does in one.
    client, one_at_a_time = clients.s3(), threading.Lock()
    put = client.put_object

    def atomic(**arguments: Any) -> Any:
        with one_at_a_time:
            return put(**arguments)

    monkeypatch.setattr(client, "put_object", atomic)
    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = sorted(record["what"]["resource_id"] for record in records())
    assert written == sorted(f"{name}-{number}" for name in range(8) for number in range(5))
    assert is_chained()
    assert empty.head().sequence == 40


def test_goes_on_where_all_records_have_expired(empty: Trail) -> None:
    last = [empty.append(entry(word)) for word in ("first", "second")][-1]
    s3 = boto3.client("s3", "eu-west-1")
    for number in (1, 2):
        s3.delete_object(Bucket=BUCKET, Key=f"audit/{number:012}.json")
    empty.append(entry("third"))
    assert [(record["sequence"], record["previous_sha256"]) for record in records()] == [(3, last.sha256)]


def test_a_number_that_another_writer_does_not_take_after_all_is_ours(
    empty: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3 refuses both of two writes at once; then there is nothing to read, and to who may not list S3 says no."""
    client, conflicts = clients.s3(), iter((True, True))
    put = client.put_object

    def in_conflict(**arguments: Any) -> Any:
        if next(conflicts, False):
            raise ClientError({"Error": {"Code": "ConditionalRequestConflict"}}, "PutObject")
        return put(**arguments)

    monkeypatch.setattr(client, "put_object", in_conflict)
    monkeypatch.setattr(Trail, "_get", lambda *_: pytest.fail("there is nothing to read"))
    assert empty.append(entry("ours")).sequence == 1
    assert is_chained()


def test_gives_up_where_every_number_is_taken(empty: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trail, "_put", lambda *_: False)
    monkeypatch.setattr(Trail, "_get", lambda *_: b'{"ids": {}}')
    with pytest.raises(BusyTrailError, match="taken by other writers"):
        empty.append(entry())


def test_a_head_never_goes_back(empty: Trail) -> None:
    last = [empty.append(entry()) for _ in range(3)][-1]
    assert not empty.journal.advance(HEAD, "sequence", 2, {"sha256": "older"})
    assert empty.head() == last
    assert last.mark == f"3:{last.sha256}"


@given(word=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@settings(deadline=None, max_examples=50)
def test_any_text_is_kept_as_it_is(word: str) -> None:
    body = trail.written(entry(word), Head())
    assert json.loads(body)["what"]["resource_id"] == word
    assert body == trail.canonical(json.loads(body))


def test_a_list_takes_names_to_its_limit_and_each_once(empty: Trail) -> None:
    journal = Journal(boto3.client("dynamodb", "eu-west-1"), TABLE)
    assert journal.entered("day") == set()
    assert [journal.enter("day", name, 2, expires=1) for name in "abacb"] == [True, True, True, False, True]
    assert journal.entered("day") == {"a", "b"}


def test_a_record_is_written_once_however_often_it_is_tried(empty: Trail) -> None:
    once = entry("first")
    assert empty.append(once) == empty.append(once)
    empty.append(entry("second"))
    assert empty.append(once).sequence == 1
    assert [record["what"]["resource_id"] for record in records()] == ["first", "second"]
    assert empty.head().sequence == 2


@pytest.mark.parametrize("dies", ["_put", "_move"])
def test_a_record_is_written_once_though_its_writer_died(
    empty: Trail, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    """Before it wrote, another taking the number; and after it."""
    once = entry("ours")
    with monkeypatch.context() as patched:
        patched.setattr(Trail, dies, lambda *_: (_ for _ in ()).throw(ConnectionError))
        with pytest.raises(ConnectionError):
            empty.append(once)
    empty.append(entry("other"))
    empty.append(once)
    assert sorted(record["what"]["resource_id"] for record in records()) == ["other", "ours"]
    assert is_chained()


def test_a_record_whose_answer_was_lost_is_known_again(empty: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK asks a second time, and S3 says that there is an object."""
    put = clients.s3().put_object

    def twice(**arguments: Any) -> Any:
        put(**arguments)
        return put(**arguments)

    monkeypatch.setattr(clients.s3(), "put_object", twice)
    empty.append(entry("ours"))
    assert [record["what"]["resource_id"] for record in records()] == ["ours"]
    assert empty.head().sequence == 1


def test_two_who_write_the_same_record_at_once_write_one(empty: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    once, original, others = entry("ours"), trail.written, iter((True,))

    def interrupted(one: Any, head: Head) -> bytes:
        if next(others, False):
            empty.append(once)
        return original(one, head)

    monkeypatch.setattr(trail, "written", interrupted)
    with pytest.raises(BusyTrailError, match="is being written by another invocation"):
        empty.append(once)
    assert empty.append(once).sequence == 1
    assert len(records()) == 1


def test_journal_creates_once_and_replaces_what_was_seen(empty: Trail) -> None:
    journal = empty.journal
    assert journal.get("key") is None
    assert journal.create("key", {"state": "OPEN", "revision": 1})
    assert not journal.create("key", {"state": "OTHER"})
    assert not journal.replace("key", {"state": "LATE"}, {"revision": 2})
    assert journal.replace("key", {"state": "DONE", "revision": 2}, {"revision": 1, "state": "OPEN"})
    assert journal.get("key") == {"state": "DONE", "revision": 2}
