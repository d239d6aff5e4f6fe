import contextlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model.events import ComplianceChange, ForeignAccountError, FutureEventError, MalformedEventError
from handlers.common.runtime import clock
from tests.support.changes import ACCOUNT, event

JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def test_reads_what_counts() -> None:
    change = ComplianceChange.from_event(event(recorded="2026-03-01T01:00:02.5+01:00"), ACCOUNT.__eq__)
    assert change.resource_id == "ledger"
    assert change.compliance_type == "NON_COMPLIANT"
    assert change.observed_at == "2026-03-01T00:00:02.500Z"
    assert change.order == "2026-03-01T00:00:00.000Z/2026-03-01T00:00:02.500Z"


def test_result_evaluated_again_on_the_same_item_is_later() -> None:
    first = ComplianceChange.from_event(event(recorded="2026-03-01T00:00:01Z"), ACCOUNT.__eq__)
    again = ComplianceChange.from_event(event(recorded="2026-03-01T06:00:01Z"), ACCOUNT.__eq__)
    assert again.order > first.order


def test_unknown_keys_are_ignored() -> None:
    changed = event()
    changed["detail"]["newEvaluationResult"]["evaluationMode"] = "DETECTIVE"
    changed["detail"]["oldEvaluationResult"] = {"complianceType": "COMPLIANT"}
    assert ComplianceChange.from_event(changed, ACCOUNT.__eq__) == ComplianceChange.from_event(event(), ACCOUNT.__eq__)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("id",), None, "id is None"),
        (("detail", "awsRegion"), "", "detail.awsRegion is ''"),
        (("detail", "awsRegion"), "eu\nwest", "not printable"),
        (("detail", "newEvaluationResult", "complianceType"), "INSUFFICIENT_DATA", "INSUFFICIENT_DATA"),
        (("detail", "newEvaluationResult", "resultRecordedTime"), "yesterday", "not an ISO 8601 time"),
        (("detail", "newEvaluationResult", "resultRecordedTime"), "2026-03-01T00:00:00", "not an ISO 8601 time"),
        (("detail", "newEvaluationResult", "evaluationResultIdentifier"), "x", "orderingTimestamp is None"),
        (("detail",), [], "detail.awsAccountId is None"),
    ],
)
def test_malformed_event_is_refused_by_field(path: tuple[str, ...], value: Any, message: str) -> None:
    changed = event()
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(MalformedEventError, match=message):
        ComplianceChange.from_event(changed, ACCOUNT.__eq__)


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(MalformedEventError, match="longer than 768"):
        ComplianceChange.from_event(event(resource_id="x" * 769), ACCOUNT.__eq__)


def test_foreign_account_is_refused() -> None:
    with pytest.raises(ForeignAccountError, match="999988887777"):
        ComplianceChange.from_event(event(account="999988887777"), ACCOUNT.__eq__)


@given(JUNK)
def test_junk_is_refused_and_never_crashes(junk: Any) -> None:
    with pytest.raises(MalformedEventError):
        ComplianceChange.from_event(junk, ACCOUNT.__eq__)


@given(st.sampled_from(["id", "time", "detail"]), JUNK)
def test_any_part_replaced_by_junk_is_read_or_refused(part: str, junk: Any) -> None:
    changed = event() | {part: junk}
    with contextlib.suppress(MalformedEventError, ForeignAccountError, FutureEventError):
        ComplianceChange.from_event(changed, ACCOUNT.__eq__)


RESULT = ("detail", "newEvaluationResult")
IDENTIFIER = (*RESULT, "evaluationResultIdentifier")
PLACES = st.sampled_from(
    [
        ("detail", "awsAccountId"),
        ("detail", "awsRegion"),
        RESULT,
        IDENTIFIER,
        (*IDENTIFIER, "evaluationResultQualifier"),
        (*IDENTIFIER, "evaluationResultQualifier", "resourceId"),
        (*IDENTIFIER, "orderingTimestamp"),
        (*RESULT, "complianceType"),
        (*RESULT, "resultRecordedTime"),
    ]
)
TIMES = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())


@given(PLACES, JUNK | TIMES)
def test_any_inner_part_replaced_is_read_or_refused(path: tuple[str, ...], junk: Any) -> None:
    changed = event()
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = junk
    with contextlib.suppress(MalformedEventError, ForeignAccountError, FutureEventError):
        change = ComplianceChange.from_event(changed, ACCOUNT.__eq__)
        assert change.account == ACCOUNT
        assert len(change.order) == 2 * len("2026-03-01T00:00:00.000Z") + 1


@pytest.mark.parametrize("place", ["ordering", "recorded"])
def test_a_time_that_has_not_come_is_refused(place: str) -> None:
    now = clock.now()
    soon, later = (clock.stamp(now + timedelta(minutes=minutes)) for minutes in (14, 16))
    assert ComplianceChange.from_event(event(**{"ordering": clock.stamp(now), place: soon}), ACCOUNT.__eq__)
    with pytest.raises(FutureEventError, match=f"the event's time is {later}, and the present time is"):
        ComplianceChange.from_event(event(**{"ordering": clock.stamp(now), place: later}), ACCOUNT.__eq__)
