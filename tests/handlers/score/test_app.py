import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from handlers.audit.writer import written
from handlers.common.model.events import MalformedEventError
from handlers.common.stores.audit_chain import Head, digest
from handlers.common.stores.audit_trail import Entry, Kind
from handlers.common.stores.report_bucket import record_key, report_key, score_key
from handlers.score.app import NoReportError, handler
from handlers.score.environment import ScoreEnvironment
from tests.handlers.conftest import StandingClock
from tests.handlers.report.conftest import account
from tests.support.report_account import Account
from tests.support.schemas import validate
from tests.support.trails import SENDER, TABLE, record_now

S3_RULE = "s3-bucket-default-encryption-kms"
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SLOTS = [NOW - timedelta(hours=hours) for hours in (18.25, 12.25, 6.25, 0.25)]

__all__ = ["account"]


class Scores:
    """The score function, with the report function that writes its input."""

    def __init__(self, account: Account, time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account = account
        self.time = time
        self.patience = 1_000
        """Records that can be read before the timeout."""
        variables = ScoreEnvironment(
            environment="dev", environment_suffix="ew1", report_bucket="reports", journal_table=TABLE
        )
        for name, value in variables.to_variables().items():
            monkeypatch.setenv(name, value)

    def report(self, at: datetime, compliant: int, violating: int) -> None:
        """Writes a report on some buckets, at a moment."""
        self.time.moment = at
        self.account.config.resources, self.account.config.results = {}, {}
        for number in range(compliant + violating):
            compliance = "COMPLIANT" if number < compliant else "NON_COMPLIANT"
            self.account.config.evaluated(f"b{number}", compliance, at=at - timedelta(minutes=20))
        self.account.run({"time": at.isoformat()})

    def day(self, compliant: int = 3, violating: int = 1, shift: timedelta = timedelta()) -> None:
        """Writes the four reports of a day."""
        for slot in SLOTS:
            self.report(slot + shift, compliant, violating)

    def run(self, event: dict[str, Any]) -> None:
        """Runs one invocation."""
        milliseconds = iter([900_000] * (self.patience - 1))
        handler(event, SimpleNamespace(get_remaining_time_in_millis=lambda: next(milliseconds, 60_000)))

    def score(self, at: datetime = NOW, run_at: datetime | None = None) -> dict[str, Any]:
        """Runs the score function; returns the score of the day."""
        self.time.moment = run_at or at
        self.run({"time": at.isoformat()})
        document: dict[str, Any] = json.loads(self.account.text(score_key(at.date())))
        validate(document, "score")
        return document


@pytest.fixture
def scores(account: Account, time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> Scores:
    return Scores(account, time, monkeypatch)


def test_score_is_the_last_report_s(scores: Scores) -> None:
    scores.day()
    scores.report(NOW - timedelta(minutes=15), 9, 1)
    found = scores.score()
    assert (found["total"]["score"], found["total"]["coverage"]) == (90.0, 100.0)
    assert found["report"]["key"] == report_key(SLOTS[-1])
    assert found["categories"]["encryption"]["score"] == 90.0
    assert found["categories"]["resilience"]["score"] is None, "nothing to evaluate is no zero and no hundred"
    assert found["severities"]["HIGH"]["compliant"] == 9
    assert found["open"]["HIGH"]["findings"] == 1
    assert found["completeness"] == {
        "complete": True,
        "reports_expected": 4,
        "reports_found": 4,
        "problems": [],
    }


def test_formula_is_in_the_document(scores: Scores) -> None:
    scores.day()
    formula = scores.score()["formula"]
    assert formula["weights"] == {"CRITICAL": 10, "HIGH": 5, "MEDIUM": 2, "LOW": 1}
    assert "compliant" in formula["score"]


def test_a_missing_report_makes_the_score_incomplete(scores: Scores) -> None:
    for slot in SLOTS[1:]:
        scores.report(slot, 1, 0)
    found = scores.score()["completeness"]
    assert (found["complete"], found["reports_found"]) == (False, 3)
    assert [problem["kind"] for problem in found["problems"]] == ["REPORT_MISSING"]


def test_reports_outside_the_day_are_ignored(scores: Scores) -> None:
    scores.report(NOW - timedelta(days=1), 1, 0)
    scores.report(NOW + timedelta(minutes=1), 1, 0)
    with pytest.raises(NoReportError):
        scores.score()
    scores.report(NOW, 1, 0)
    assert scores.score()["completeness"]["reports_found"] == 1


def test_a_report_in_an_older_form_counts_as_missing(scores: Scores) -> None:
    scores.day()
    old = json.dumps({"schema_version": 0, "totals": {}})
    scores.account.s3.put_object(Bucket="reports", Key=report_key(SLOTS[-1]), Body=old)
    found = scores.score()
    assert found["report"]["key"] == report_key(SLOTS[-2])
    assert found["completeness"]["reports_found"] == 3


def test_an_incomplete_report_makes_the_score_incomplete(scores: Scores) -> None:
    scores.day()
    scores.account.config.miscount = 1
    scores.report(SLOTS[0] + timedelta(minutes=1), 1, 0)
    scores.account.config.miscount = 0
    kinds = [problem["kind"] for problem in scores.score()["completeness"]["problems"]]
    assert kinds == ["REPORT_INCOMPLETE"]
    scores.account.config.miscount = 1
    scores.report(NOW, 1, 0)
    kinds = [problem["kind"] for problem in scores.score()["completeness"]["problems"]]
    assert kinds == ["SUM_MISMATCH", "REPORT_INCOMPLETE"]


def test_a_day_without_reports_is_a_gap(scores: Scores) -> None:
    for day, (compliant, violating) in {-3: (1, 1), -2: (3, 1), 0: (9, 1)}.items():
        scores.day(compliant, violating, timedelta(days=day))
        scores.score(NOW + timedelta(days=day))
    with pytest.raises(NoReportError, match="no report in reports"):
        scores.score(NOW - timedelta(days=1))
    found = scores.score()
    assert [(day["day"], day["score"]) for day in found["history"]] == [
        ("2026-02-27", 50.0),
        ("2026-02-28", 75.0),
        ("2026-03-02", 90.0),
    ]
    assert found["deltas"] == {"yesterday": None, "seven_days": None, "thirty_days": None}


def test_deltas_compare_exact_days(scores: Scores) -> None:
    for day, (compliant, violating) in {-30: (1, 3), -7: (1, 1), -1: (19, 1), 0: (9, 1)}.items():
        scores.day(compliant, violating, timedelta(days=day))
        scores.score(NOW + timedelta(days=day))
    assert scores.score()["deltas"] == {"yesterday": -5.0, "seven_days": 40.0, "thirty_days": 65.0}


def test_a_second_run_of_the_day_writes_the_same(scores: Scores) -> None:
    scores.day(shift=timedelta(days=-1))
    scores.score(NOW - timedelta(days=1))
    scores.day()
    first = scores.score()
    assert scores.score() == first
    assert len(first["history"]) == 2


def test_history_covers_ninety_days_without_the_earlier_scores(scores: Scores) -> None:
    for day in range(-100, 1, 10):
        scores.day(shift=timedelta(days=day))
        scores.score(NOW + timedelta(days=day))
        kept = score_key((NOW + timedelta(days=day)).date())
        for key in [key for key in scores.account.all_keys() if key.startswith("scores/") and key != kept]:
            scores.account.s3.delete_object(Bucket="reports", Key=key)
    history = [each["day"] for each in scores.score()["history"]]
    assert (len(history), history[0], history[-1]) == (9, "2025-12-12", "2026-03-02")


def record(scores: Scores, outcome: str, at: datetime = NOW, kind: Kind = Kind.OUTCOME, mode: str = "enforce") -> None:
    """Writes a record of the audit trail."""
    scores.time.moment = at
    what = {"outcome": outcome, "mode": mode}
    record_now(Entry(kind=kind, once=str(uuid4()), who={}, what=what, why={"rule": S3_RULE}), "reports")


def test_remediations_of_the_day_are_counted_from_the_trail(scores: Scores) -> None:
    record(scores, "REMEDIATED", NOW - timedelta(hours=25))
    scores.day()
    record(scores, "REMEDIATED", NOW - timedelta(hours=23), Kind.VERIFICATION)
    record(scores, "WOULD_REMEDIATE", NOW - timedelta(hours=23), Kind.PLAN, "plan")
    record(scores, "WOULD_REMEDIATE", NOW - timedelta(hours=23), Kind.PLAN)
    record(scores, "APPLIED", NOW, Kind.INTENT)
    record(scores, "NOT_VERIFIED")
    score = scores.score()
    assert score["remediations"] == {S3_RULE: {"FIXED": 1, "PLANNED": 1, "FAILED": 1}}
    assert (score["audit"]["sequence"], score["audit"]["records"]) == (6, 5)


def test_trail_is_read_from_the_last_score(scores: Scores) -> None:
    scores.day()
    record(scores, "REMEDIATED")
    first = scores.score()
    record(scores, "REMEDIATED", NOW + timedelta(hours=3))
    scores.day(shift=timedelta(days=1))
    second = scores.score(NOW + timedelta(days=1))
    assert (first["audit"]["sequence"], second["audit"]["sequence"]) == (1, 2)
    assert second["audit"]["records"] == 1
    assert second["completeness"]["complete"]


def test_metrics_omit_missing_values(scores: Scores, capsys: pytest.CaptureFixture[str]) -> None:
    scores.day()
    capsys.readouterr()
    scores.score()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["Score"] for line in lines if "Score" in line] == [75.0]
    assert [line["ScoreIncomplete"] for line in lines if "ScoreIncomplete" in line] == [0]
    assert {line["Category"]: line["CategoryScore"] for line in lines if "Category" in line} == {"encryption": 75.0}
    assert [line["Region"] for line in lines if "Region" in line] == ["eu-west-1"]


def test_schedule_without_a_time_is_refused(scores: Scores) -> None:
    with pytest.raises(MalformedEventError):
        handler({}, None)


def test_records_of_all_pages_are_counted(scores: Scores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")
    scores.day()
    head = Head()
    for _ in range(25):
        entry = Entry(kind=Kind.OUTCOME, once="", who={}, what={"outcome": "APPLIED"}, why={"rule": S3_RULE})
        body = written(entry, head, SENDER)
        head = Head(head.sequence + 1, digest(body))
        scores.account.s3.put_object(Bucket="reports", Key=record_key(head.sequence), Body=body)
    assert scores.score()["audit"]["sequence"] == 25
