"""A trail that is not whole makes a score incomplete, and kills none."""

import pytest

from handlers.common.layout import record_key
from handlers.common.trail import Trail
from tests.handlers.score.test_app import Scores, account, record, scores
from tests.handlers.trails import journal

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
def test_a_foreign_object_among_the_records_is_said_and_kills_no_score(scores: Scores, body: str) -> None:
    scores.day()
    record(scores, "REMEDIATED")
    whole = body.replace("HEAD", Trail("reports", journal()).head().sha256)
    scores.account.s3.put_object(Bucket="reports", Key=record_key(2), Body=whole.encode())
    (problem,) = scores.score()["completeness"]["problems"]
    assert (problem["kind"], "record 2 of the audit trail" in problem["detail"]) == ("TRAIL_BROKEN", True)
