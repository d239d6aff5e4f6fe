import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model import guard
from handlers.common.model.permission import Permission
from handlers.common.model.rule import RequiredField
from handlers.common.runtime import clock, metrics
from handlers.common.runtime.batches import chunks
from handlers.common.runtime.naming import UnknownRuleError, physical_name, rule_of
from handlers.common.stores import report_bucket as layout
from tests.handlers.conftest import StandingClock


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_stamps_sort_by_time(one: datetime, other: datetime) -> None:
    assert (clock.stamp(one) < clock.stamp(other)) <= (one < other)
    assert len(clock.stamp(one)) == len("2026-03-01T00:00:00.000Z")
    assert clock.stamp(clock.parse(clock.stamp(one))) == clock.stamp(one)


def test_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        clock.parse("2026-03-01T00:00:00")


@given(st.lists(st.integers()), st.integers(1, 30))
def test_chunks_keep_the_order(items: list[int], size: int) -> None:
    cut = list(chunks(items, size))
    assert [item for chunk in cut for item in chunk] == items
    assert all(0 < len(chunk) <= size for chunk in cut)


def test_rule_is_found_by_its_physical_name() -> None:
    rules = {"a-b": 1, "a": 2}
    assert rule_of(physical_name("a", "dev", "ew1"), rules, "dev", "ew1") == 2


@pytest.mark.parametrize("name", ["a", "a-prod-ew1", "securityhub-a-dev-ew1-12345", ""])
def test_other_rules_are_refused(name: str) -> None:
    with pytest.raises(UnknownRuleError, match="not one of this environment: a"):
        rule_of(name, {"a": 1}, "dev", "ew1")


def test_permission_names_single_resources() -> None:
    permission = Permission("Read", ("s3:GetObject",), "arn:{partition}:s3:::{name}", "reads")
    here = ("aws", "111122223333", ["eu-west-1"])
    assert permission.resources(*here, ["b", "a"]) == [
        "arn:aws:s3:::a",
        "arn:aws:s3:::b",
    ]
    assert permission.resources(*here, []) == []


@pytest.mark.parametrize(
    ("document", "met"),
    [
        ({"configuration": {"days": 7}}, True),
        ({"configuration": {"days": 0}}, True),
        ({"configuration": {"days": True}}, False),
        ({"configuration": {"days": "7"}}, False),
        ({"configuration": {}}, False),
        ({"configuration": [7]}, False),
        ({}, False),
    ],
)
def test_required_field_needs_a_value_of_its_type(document: dict[str, Any], met: bool) -> None:
    assert RequiredField("configuration.days", int).is_present_in(document) is met


def test_keys_follow_the_schedule_not_the_clock() -> None:
    moment = datetime(2026, 3, 1, 6, 45, 59, tzinfo=UTC)
    assert layout.report_key(moment) == "reports/2026/03/01/0645.json"
    assert layout.record_key(42) == "audit/000000000042.json"


@given(
    st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year > 999),
    st.from_regex(r"[a-z0-9-]+", fullmatch=True),
    st.from_regex(r"[a-z0-9-]+", fullmatch=True),
    st.integers(0, 10**12 - 1),
)
def test_keys_contain_their_parts(moment: datetime, rule: str, plan: str, number: int) -> None:
    assert layout.report_time(layout.report_key(moment)) == moment.replace(second=0, microsecond=0)
    assert layout.report_time(layout.listing_key(moment)) is None
    assert layout.record_sequence(layout.record_key(number)) == number
    assert layout.record_sequence(layout.report_key(moment)) is None
    assert layout.approved_plan(layout.approval_key(rule, plan, "arn:aws:iam::1:user/ada"), rule) == plan
    assert layout.approved_plan(layout.plan_key(plan), rule) is None


@given(st.text())
def test_guard_literals_are_quoted(value: str) -> None:
    assert json.loads(guard.text(value)) == value


def test_metric_line_is_embedded_metric_format(capsys: pytest.CaptureFixture[str], time: StandingClock) -> None:
    metrics.emit("dev-ew1", {"Severity": "HIGH"}, {"FindingsOpened": 2})
    line = json.loads(capsys.readouterr().out)
    directive = line["_aws"]["CloudWatchMetrics"][0]
    assert line["_aws"]["Timestamp"] == int(time.moment.timestamp() * 1000)
    assert directive["Namespace"] == "ComplianceMonitor"
    assert all(line[dimension] for dimension in directive["Dimensions"][0])
    assert [line[metric["Name"]] for metric in directive["Metrics"]] == [2]
