"""Records that are gone have expired only if they were old enough for that."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.audit.writer import written
from handlers.common.runtime import clock
from handlers.common.stores.audit_chain import Head, digest
from handlers.common.stores.audit_trail import Kind
from handlers.common.stores.report_bucket import record_key
from operate import audit_verification as audit
from operate.__main__ import main
from tests.support.trails import SENDER, entry

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
RETENTION = 30


def trail(ages: list[float]) -> dict[str, bytes]:
    """Records of so many days ago, in their order."""
    files, head = {}, Head()
    for number, age in enumerate(ages, start=1):
        moment = NOW - timedelta(days=age)
        before = clock.use(lambda moment=moment: moment)
        body = written(entry(f"bucket-{number}", Kind.PLAN), head, SENDER)
        clock.use(before)
        files[record_key(number)] = body
        head = Head(number, digest(body))
    return files


def without_first(files: dict[str, bytes], count: int) -> dict[str, bytes]:
    return {key: body for key, body in files.items() if key > record_key(count)}


def verified(files: dict[str, bytes], *anchors: audit.Anchor, days: int = RETENTION) -> audit.Verification:
    return audit.verify(files, anchors, audit.Retention(days, NOW))


@given(st.lists(st.floats(0, 60), min_size=1, max_size=12), st.integers(0, 1))
def test_what_s3_has_expired_of_a_daily_trail_is_no_error(more: list[float], late: int) -> None:
    ages = sorted([*more, *range(60)], reverse=True)
    gone = sum(age >= RETENTION + late for age in ages)
    assert verified(without_first(trail(ages), gone)).broken == ()


@given(st.integers(1, 50))
@settings(deadline=None)
def test_records_that_were_removed_too_early_are_named(count: int) -> None:
    files = trail([age / 2 for age in range(55, 0, -1)])
    (broken,) = verified(without_first(files, count)).broken
    gone = "record 1 was" if count == 1 else f"records 1 to {count} were"
    assert broken.startswith(
        f"{gone} removed before they expired: records are retained for 30 days, and record {count + 1} "
    )


def test_longer_kept_records_are_missed_that_would_have_expired_elsewhere() -> None:
    files = without_first(trail([60, 50, 40]), 1)
    assert verified(files).broken == ()
    assert "records are retained for 1827 days" in verified(files, days=1827).broken[0]


def test_a_silent_month_is_shown_by_a_score_that_has_known_the_last_record_before_it() -> None:
    files = trail([40, 3])
    left = without_first(files, 1)
    head = Head(1, digest(files[record_key(1)]))
    old, young = (clock.stamp(NOW - timedelta(days=age)) for age in (30, 5))
    assert verified(left, audit.Anchor(head, "a score", old)).broken == ()
    for anchor in (audit.Anchor(head, "a score", young), audit.Anchor(head, "the given head")):
        assert len(verified(left, anchor).broken) == 1
    assert len(verified(left, audit.Anchor(Head(), "a score", old)).broken) == 1


@pytest.mark.parametrize("at", [5, "", None, [[]]])
def test_a_first_record_without_a_time_proves_no_expiry(at: object) -> None:
    files = without_first(trail([60, 59]), 1)
    (key,) = files
    changed = json.dumps(json.loads(files[key]) | {"at": at}).encode()
    assert any("record 1 was removed" in each for each in verified({key: changed}).broken)


@given(st.integers(1, 3000), st.sampled_from(["sequence", "previous_sha256", "at", "what"]))
@settings(deadline=None)
def test_deeply_nested_json_is_no_record(depth: int, field: str) -> None:
    files = trail([2, 1])
    record = json.loads(files[record_key(2)]) | {field: "NESTED"}
    files[record_key(2)] = json.dumps(record).replace('"NESTED"', "[" * depth + "]" * depth).encode()
    head = audit.Anchor(Head(2, "0" * 64), "the summary")
    broken = verified(files, head).broken
    assert any("record 2 was changed" in each for each in broken)
    assert all(len(each) < 200 for each in broken)


@pytest.fixture
def _at_noon() -> Iterator[None]:
    before = clock.use(lambda: NOW)
    yield
    clock.use(before)


@pytest.mark.usefixtures("_at_noon")
def test_the_command_fails_on_records_that_were_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "audit").mkdir()
    for key, body in without_first(trail([40, 35, 10]), 1).items():
        (tmp_path / key).write_bytes(body)
    assert main(["verify-audit", str(tmp_path)]) == 0
    assert "begins with audit/000000000002.json: earlier records have expired" in capsys.readouterr().out
    assert main(["verify-audit", str(tmp_path), "--environment", "prod"]) == 1
    said = capsys.readouterr().out
    assert "BROKEN  record 1 was removed before they expired: records are retained for 1827 days" in said
    assert "have expired" not in said and "the trail is intact" not in said
