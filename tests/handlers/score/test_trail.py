"""An incomplete trail makes a score incomplete, but does not fail it."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.common.stores.audit_chain import Chain, Head
from handlers.common.stores.report_bucket import record_key
from tests.handlers.score.test_app import NOW, S3_RULE, Scores, account, record, scores
from tests.support.trails import journal

__all__ = ["account", "scores"]


@pytest.mark.parametrize(("number", "words"), [(2, "does not follow record"), (3, "ends with record 2")])
def test_trail_that_lacks_a_record_makes_the_day_incomplete(scores: Scores, number: int, words: str) -> None:
    scores.day()
    for _ in range(3):
        record(scores, "REMEDIATED")
    scores.account.s3.delete_object(Bucket="reports", Key=record_key(number))
    (problem,) = scores.score()["completeness"]["problems"]
    assert (problem["kind"], words in problem["detail"]) == ("TRAIL_BROKEN", True)


FOREIGN = [
    "no JSON",
    "[]",
    "[" * 100_000,
    '{"previous_sha256": "HEAD"}',
    '{"previous_sha256": "HEAD", "at": "2026-03-02T00:00:00.000Z", "kind": "OUTCOME"}',
]


@pytest.mark.parametrize("body", FOREIGN, ids=range(len(FOREIGN)))
def test_a_foreign_object_in_the_trail_is_reported_in_the_score(scores: Scores, body: str) -> None:
    scores.day()
    record(scores, "REMEDIATED")
    whole = body.replace("HEAD", (Chain("reports", journal()).noted() or Head()).sha256)
    scores.account.s3.put_object(Bucket="reports", Key=record_key(2), Body=whole.encode())
    (problem,) = scores.score()["completeness"]["problems"]
    assert (problem["kind"], "record 2 of the audit trail" in problem["detail"]) == ("TRAIL_BROKEN", True)


def problems(score: dict[str, Any]) -> list[str]:
    return [each["kind"] for each in score["completeness"]["problems"]]


def test_the_next_run_continues_a_long_trail(scores: Scores) -> None:
    scores.day()
    for _ in range(5):
        record(scores, "REMEDIATED")
    scores.patience = 2
    first = scores.score()
    (problem,) = first["completeness"]["problems"]
    assert (problem["kind"], "record 2 of 5" in problem["detail"]) == ("TRAIL_UNREAD", True)
    assert (first["audit"]["sequence"], first["audit"]["records"]) == (2, 2)
    assert first["remediations"] == {S3_RULE: {"FIXED": 2}}
    second, third = scores.score(), scores.score()
    assert (problems(second), second["audit"]["sequence"]) == (["TRAIL_UNREAD"], 4)
    assert (problems(third), third["audit"]["sequence"], third["audit"]["records"]) == ([], 5, 5)
    assert third["remediations"] == {S3_RULE: {"FIXED": 5}}


def test_the_next_day_continues_after_the_last_read_record(scores: Scores) -> None:
    scores.day()
    for _ in range(4):
        record(scores, "REMEDIATED")
    scores.patience = 3
    scores.score()
    scores.day(shift=timedelta(days=1))
    found = scores.score(NOW + timedelta(days=1))
    assert (problems(found), found["audit"]["sequence"]) == ([], 4)


def test_a_run_without_any_time_reads_one_record(scores: Scores) -> None:
    scores.day()
    for _ in range(2):
        record(scores, "REMEDIATED")
    scores.patience = 0
    assert scores.score()["audit"]["sequence"] == 1
    assert scores.score()["audit"]["sequence"] == 2


def test_a_second_run_continues_counting_and_keeps_each_break(scores: Scores) -> None:
    scores.day()
    for _ in range(3):
        record(scores, "REMEDIATED")
    scores.account.s3.delete_object(Bucket="reports", Key=record_key(2))
    first = scores.score()
    assert (problems(first), first["audit"]["records"]) == (["TRAIL_BROKEN"], 2)
    assert scores.score() == first


def test_later_records_belong_to_the_next_day(scores: Scores) -> None:
    scores.day()
    record(scores, "REMEDIATED")
    record(scores, "REMEDIATED", NOW + timedelta(seconds=2))
    first = scores.score(run_at=NOW + timedelta(hours=2))
    assert (problems(first), first["audit"]["sequence"], first["audit"]["records"]) == ([], 1, 1)
    scores.day(shift=timedelta(days=1))
    second = scores.score(NOW + timedelta(days=1))
    assert (second["audit"]["sequence"], second["remediations"]) == (2, {S3_RULE: {"FIXED": 1}})


def test_a_record_dated_ahead_does_not_stop_the_reading(scores: Scores) -> None:
    scores.day()
    record(scores, "REMEDIATED", NOW + timedelta(days=3))
    record(scores, "REMEDIATED")
    assert scores.score()["audit"]["sequence"] == 2
