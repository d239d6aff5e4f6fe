import boto3
import pytest

from handlers.common.stores.audit_chain import Chain, Head
from handlers.common.stores.journal import HEAD, Journal
from tests.support.trails import BUCKET, TABLE, make_journal


@pytest.fixture
def journal(aws: None) -> Journal:
    make_journal()
    return Journal(boto3.client("dynamodb", "eu-west-1"), TABLE)


def test_creates_once_and_replaces_what_was_seen(journal: Journal) -> None:
    assert journal.get("key") is None
    assert journal.create("key", {"state": "OPEN", "revision": 1})
    assert not journal.create("key", {"state": "OTHER"})
    assert not journal.replace("key", {"state": "LATE"}, {"revision": 2})
    assert journal.replace("key", {"state": "DONE", "revision": 2}, {"revision": 1, "state": "OPEN"})
    assert journal.get("key") == {"state": "DONE", "revision": 2}


def test_a_list_takes_names_to_its_limit_and_each_once(journal: Journal) -> None:
    assert journal.entered("day") == set()
    assert [journal.enter("day", name, 2, expires=1) for name in "abacb"] == [True, True, True, False, True]
    assert journal.entered("day") == {"a", "b"}


def test_a_head_never_goes_back(journal: Journal) -> None:
    chain, last = Chain(BUCKET, journal), Head(3, "a")
    chain.note(last)
    chain.note(Head(2, "older"))
    assert not journal.advance(HEAD, "sequence", 3, {"sha256": "same"})
    assert chain.noted() == last
    assert last.mark == "3:a"


def test_marks_are_set_and_found_beyond_what_one_call_takes(journal: Journal) -> None:
    keys = [f"mark/{number}" for number in range(130)]
    journal.mark([*keys, keys[0]], expires=1)
    assert journal.marked([*keys, *keys, "mark/none"]) == set(keys)
    assert journal.marked([]) == set()


def test_a_number_stays_below_its_limit(journal: Journal) -> None:
    assert [journal.add("sum", count, 10, expires=1) for count in (4, 7, 6, 1)] == [True, False, True, False]
