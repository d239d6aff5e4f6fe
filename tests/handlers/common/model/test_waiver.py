from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model import waiver as waivers
from handlers.common.model.waiver import Tags, Waiver, longest_valid
from tests.support.waivers import S3, bucket, waiver

MARCH = date(2026, 3, 10)
TEXTS = st.text(max_size=20)
DAYS = st.dates(date(2025, 1, 1), date(2030, 1, 1)).map(date.isoformat)


def no_tags() -> Tags:
    raise AssertionError("the tags do not matter here")


@given(
    st.lists(
        st.builds(
            waiver,
            id=st.text(min_size=1, max_size=9),
            reason=TEXTS,
            start=DAYS,
            end=DAYS,
            tags=st.dictionaries(TEXTS, TEXTS),
        )
        | st.builds(waiver, id=st.text(min_size=1, max_size=9), resource=st.builds(bucket, TEXTS)),
        max_size=4,
        unique_by=lambda each: each.id,
    )
)
def test_serialization_is_complete_and_deterministic(some: list[Waiver]) -> None:
    document = waivers.to_json(some)
    assert sorted(waivers.from_json(document, waivers.Waiver), key=lambda each: each.id) == sorted(
        some, key=lambda each: each.id
    )
    assert waivers.to_json(reversed(some)) == document


@pytest.mark.parametrize(
    ("day", "holds"), [("2026-02-28", False), ("2026-03-01", True), ("2026-03-31", True), ("2026-04-01", False)]
)
def test_first_and_last_day_are_included(day: str, holds: bool) -> None:
    assert waiver().in_force(date.fromisoformat(day)) is holds


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-400, 400))
def test_days_left_are_counted_to_the_last_day(day: date, days: int) -> None:
    assert waiver(end=(day + timedelta(days=days)).isoformat()).days_left(day) == days


def test_waiver_matches_its_resource_only() -> None:
    assert longest_valid([waiver()], S3, bucket(), MARCH, no_tags) == waiver()
    assert longest_valid([waiver()], S3, bucket("vault"), MARCH, no_tags) is None
    assert longest_valid([waiver()], "another-rule", bucket(), MARCH, no_tags) is None
    assert longest_valid([waiver()], S3, bucket(), date(2026, 4, 1), no_tags) is None


@pytest.mark.parametrize(
    ("tags", "covered"),
    [({"a": "1", "b": "2", "c": "3"}, True), ({"a": "1"}, False), ({"a": "1", "b": "1"}, False), ({}, False)],
)
def test_every_tag_must_match(tags: dict[str, str], covered: bool) -> None:
    by_tags = waiver(tags={"a": "1", "b": "2"})
    assert (longest_valid([by_tags], S3, bucket("any"), MARCH, lambda: tags) is not None) is covered


def test_the_waiver_with_the_latest_end_applies() -> None:
    longer = waiver("boat", end="2026-05-01")
    assert longest_valid([waiver(), longer, waiver("dock")], S3, bucket(), MARCH, no_tags) == longer


def test_without_a_document_nothing_is_waived() -> None:
    assert waivers.load() == ()
