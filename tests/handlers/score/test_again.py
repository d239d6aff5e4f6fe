"""The second schedule of a day repeats only a failed or incomplete score."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.common.stores.report_bucket import score_key
from handlers.score.app import NoReportError
from tests.handlers.score.test_app import NOW, S3_RULE, SLOTS, Scores, account, record, scores

__all__ = ["account", "scores"]

RULE = "arn:aws:events:eu-west-1:111122223333:rule/score-again-on-schedule-dev-ew1"


def again(scores: Scores, at: datetime = NOW + timedelta(hours=2, seconds=1)) -> dict[str, Any] | None:
    """Runs the second schedule; returns the score of its day, if there is one."""
    scores.time.moment = at
    scores.run({"time": at.isoformat(), "resources": [RULE]})
    key = score_key((at - timedelta(hours=2)).date())
    return json.loads(scores.account.text(key)) if key in scores.account.all_keys() else None


def test_a_day_whose_first_run_failed_gets_its_score(scores: Scores) -> None:
    scores.day()
    found = again(scores)
    assert found is not None
    assert (found["day"], found["total"]["score"], found["completeness"]["complete"]) == ("2026-03-02", 75.0, True)


def test_a_complete_score_is_not_changed(scores: Scores, capsys: pytest.CaptureFixture[str]) -> None:
    scores.day()
    first = scores.score()
    capsys.readouterr()
    scores.report(NOW + timedelta(minutes=5), 9, 1)
    capsys.readouterr()
    assert again(scores) == first
    assert capsys.readouterr().out == ""


def test_an_incomplete_score_is_computed_again_for_the_same_time(scores: Scores) -> None:
    scores.day()
    for _ in range(3):
        record(scores, "REMEDIATED")
    scores.patience = 1
    first = scores.score()
    assert not first["completeness"]["complete"]
    scores.patience = 1_000
    found = again(scores)
    assert found is not None
    assert (found["completeness"]["complete"], found["scheduled_at"]) == (True, first["scheduled_at"])
    assert found["remediations"] == {S3_RULE: {"FIXED": 3}}
    assert [day["day"] for day in found["history"]] == ["2026-03-02"]


def test_a_late_report_completes_the_day(scores: Scores) -> None:
    for slot in SLOTS[:-1]:
        scores.report(slot, 1, 0)
    assert not scores.score()["completeness"]["complete"]
    scores.report(SLOTS[-1], 1, 0)
    found = again(scores)
    assert found is not None and found["completeness"]["complete"]


def test_yesterday_s_score_is_not_the_day_s(scores: Scores) -> None:
    scores.day(shift=timedelta(days=-1))
    scores.score(NOW - timedelta(days=1))
    with pytest.raises(NoReportError):
        again(scores)
    scores.day()
    assert again(scores) is not None


def test_a_second_run_after_midnight_counts_for_the_day_before(scores: Scores) -> None:
    late = datetime.fromisoformat("2026-03-02T23:30:00+00:00")
    scores.report(late - timedelta(minutes=15), 3, 1)
    found = again(scores, late + timedelta(hours=2))
    assert found is not None and found["day"] == "2026-03-02"
