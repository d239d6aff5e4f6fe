"""The newest of several states of a resource is used, for any order and form."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.demo.capture import age
from simulation.demo.exports import Raw
from simulation.demo.snapshot import Snapshot, State, newest
from tests.simulation.demo.test_snapshot import ACCOUNT, bucket, read_items

OLD, NEW = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
TIMES = (None, "", "tomorrow", OLD, "2026-01-01T00:00:00.25Z", "2026-01-01T01:00:00.000+02:00", 1_767_225_601.5, NEW)


def at(captured: Any, **more: Any) -> dict[str, Any]:
    return bucket(configurationItemCaptureTime=captured, **more)


def test_newest_state_is_used_and_older_states_are_counted(tmp_path: Path) -> None:
    for items in ((at(OLD), at(NEW)), (at(NEW), at(OLD))):
        snapshot = read_items(tmp_path, *items)
        (item,) = snapshot.items[ACCOUNT, "eu-west-1"]
        assert item.document["configurationItemCaptureTime"] == NEW
        assert (snapshot.older, snapshot.problems) == (1, [])


def test_resource_deleted_later_is_not_evaluated(tmp_path: Path) -> None:
    gone = at(NEW, configurationItemStatus="ResourceDeleted", configuration=None)
    for items in ((gone, at(OLD)), (at(OLD), gone)):
        snapshot = read_items(tmp_path, *items)
        assert (snapshot.items, snapshot.deleted, snapshot.older) == ({}, 1, 1)


def test_resource_created_again_is_evaluated(tmp_path: Path) -> None:
    gone = at(OLD, configurationItemStatus="ResourceDeletedNotRecorded")
    for items in ((gone, at(NEW)), (at(NEW), gone)):
        snapshot = read_items(tmp_path, *items)
        assert (snapshot.accounts(), snapshot.deleted) == ({ACCOUNT: 1}, 0)


def test_problems_of_older_states_are_ignored(tmp_path: Path) -> None:
    assert read_items(tmp_path, at(OLD, configuration="{broken"), at(NEW)).problems == []


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2026-01-01T00:30:00+01:00", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.001Z"),
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.75Z"),
        ("2026-01-01T00:00:00.9Z", "2026-01-01T00:00:01Z"),
        ("2026-01-01T00:00:00", "2025-12-31T23:30:00-01:00"),
        (1_767_225_599.5, "2026-01-01T00:00:00Z"),
        ("no time", "1999-01-01T00:00:00Z"),
        (None, 0),
        (float("1e300"), OLD),
        (True, OLD),
    ],
)
def test_times_are_compared_as_times(older: Any, newer: Any, tmp_path: Path) -> None:
    for items in ((at(older), at(newer)), (at(newer), at(older))):
        (item,) = read_items(tmp_path, *items).items[ACCOUNT, "eu-west-1"]
        assert item.document["configurationItemCaptureTime"] == newer


@pytest.mark.parametrize(("older", "newer"), [("9", "10"), (9, "10"), (None, "1"), ("md5", 1), ("9" * 5000, "1")])
def test_later_state_id_wins_at_equal_times(older: Any, newer: Any, tmp_path: Path) -> None:
    same = "2026-01-01T01:00:00+01:00"
    states = at(OLD, configurationStateId=older), at(same, configurationStateId=newer)
    for items in (states, states[::-1]):
        (item,) = read_items(tmp_path, *items).items[ACCOUNT, "eu-west-1"]
        assert item.document["configurationStateId"] == newer


def test_last_read_state_wins_among_equals(tmp_path: Path) -> None:
    (item,) = read_items(tmp_path, at(OLD, tags={"n": "1"}), at(OLD, tags={"n": "2"})).items[ACCOUNT, "eu-west-1"]
    assert item.document["tags"] == {"n": "2"}


@given(st.data())
def test_chosen_state_does_not_depend_on_the_order(data: st.DataObject) -> None:
    drawn = st.tuples(st.sampled_from(TIMES), st.none() | st.integers(0, 12).map(str), st.sampled_from("ab"))
    items = [
        at(captured, configurationStateId=state, resourceId=name)
        for captured, state, name in data.draw(st.lists(drawn, unique_by=lambda each: (age(at(each[0])), *each[1:])))
    ]
    states = [
        State(age(item), (ACCOUNT, "eu-west-1"), item["resourceId"], Raw(str(index), item))
        for index, item in enumerate(items)
    ]
    shuffled = data.draw(st.permutations(states))
    counted, again = Snapshot(), Snapshot()
    assert set(map(id, newest(states, counted))) == set(map(id, newest(shuffled, again)))
    assert counted.older == again.older == len(items) - len({item["resourceId"] for item in items})
