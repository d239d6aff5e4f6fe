"""Owners are reminded 30, 7 and 1 days before the end, each once, and nobody else is."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common import journal, waiver
from handlers.common.mails import Mail
from handlers.common.waiver import Waiver
from handlers.remind import app
from handlers.remind.app import FailedRemindersError, due, handler
from handlers.remind.environment import RemindEnvironment
from tests.handlers.changes import ACCOUNT
from tests.handlers.mailing import MailQueue
from tests.handlers.trails import TABLE, make_trail, records
from tests.handlers.waivers import waiver as made

Mails = Callable[[], list[Mail]]


@pytest.fixture
def mails(aws: None, monkeypatch: pytest.MonkeyPatch) -> Mails:
    queue = MailQueue()
    trail = make_trail()
    told = RemindEnvironment(
        environment="dev",
        environment_suffix="ew1",
        account=ACCOUNT,
        role="arn:aws:iam::111122223333:role/remind-dev-ew1",
        mail_queue=queue.url,
        audit_queue=trail.queue_url,
        journal_table=TABLE,
    )
    for name, value in told.to_variables().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(waiver, "known", lambda: (made(),))
    return queue.mails


def run(day: str) -> None:
    handler({"id": "x", "time": f"{day}T07:00:00Z"}, None)


def test_three_times_and_once_a_time(mails: Mails) -> None:
    days = [date(2026, 3, 1) + timedelta(days=offset) for offset in range(40)]
    sent = {}
    for day in days:
        before = len(mails())
        for _ in range(2):
            run(day.isoformat())
        if len(mails()) > before:
            sent[day.isoformat()] = mails()[-1].subject
    assert sent == {
        "2026-03-01": "[WAIVER] dev-ew1: crane ends in 30 days",
        "2026-03-24": "[WAIVER] dev-ew1: crane ends in 7 days",
        "2026-03-30": "[WAIVER] dev-ew1: crane ends in 1 day",
    }


def test_says_what_why_and_what_to_do_and_is_for_the_owner_alone(mails: Mails) -> None:
    run("2026-03-24")
    [mail] = mails()
    for part in ("2026-03-31", "AWS::S3::Bucket ledger", "RISK-7", "approver@example.com", "waivers/crane.toml"):
        assert part in mail.body
    assert mail.attributes == {"owner": "owner@example.com"}


def test_a_reminder_is_on_the_record(mails: Mails) -> None:
    run("2026-03-30")
    [record] = records()
    assert (record["kind"], record["why"]["waiver"], record["what"]["days_left"]) == ("WAIVER_REMINDER", "crane", 1)
    assert record["who"]["owner"] == "owner@example.com"


def test_a_day_without_a_run_is_made_up_for(mails: Mails) -> None:
    run("2026-03-26")
    run("2026-03-27")
    assert [mail.subject for mail in mails()] == ["[WAIVER] dev-ew1: crane ends in 5 days"]


def test_waivers_by_tags_name_the_tags(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiver, "known", lambda: (made(tags={"supplier": "crane"}),))
    run("2026-03-31")
    assert "resources tagged supplier = crane" in mails()[0].body
    assert "ends in less than a day" in mails()[0].subject


@pytest.mark.parametrize("dies", ["trail.Trail.append", "journal.Journal.create"])
def test_a_reminder_that_may_not_be_sent_is_sent_by_the_retry(
    mails: Mails, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    """Before the mail, or after it: then it is put into the queue twice, as one mail. The record is one."""
    original = journal.Journal.create

    def die(*arguments: Any) -> Any:
        if dies.startswith("journal") and not arguments[1].startswith("waiver/"):
            return original(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"handlers.common.{dies}", die)
        with pytest.raises(KeyboardInterrupt):
            run("2026-03-30")
    run("2026-03-30")
    assert len(mails()) == 1
    run("2026-03-30")
    assert len(mails()) == 1
    assert [record["kind"] for record in records()] == ["WAIVER_REMINDER"]


@given(st.integers(-20, 400))
def test_due_is_the_nearest_threshold_that_is_reached(left: int) -> None:
    day = date(2026, 3, 1)
    found: Waiver = made(start="2020-01-01", end=(day + timedelta(days=left)).isoformat())
    expected = None if left < 0 or left > 30 else 30 if left > 7 else 7 if left > 1 else 1
    assert due(found, day) == expected


def test_nothing_is_due_before_it_begins() -> None:
    assert due(made(start="2026-03-20"), date(2026, 3, 10)) is None


def test_one_that_fails_keeps_no_other_waiting(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ("crane", "heron", "stork")
    monkeypatch.setattr(waiver, "known", lambda: tuple(made(id=each) for each in ids))
    original = app._remind

    def failing(found: Waiver, *rest: Any) -> None:
        if found.id == "crane":
            raise RuntimeError("out of order")
        original(found, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(app, "_remind", failing)
        with pytest.raises(FailedRemindersError, match="crane: out of order"):
            run("2026-03-01")
    assert len(mails()) == 2
    run("2026-03-01")
    assert len(mails()) == 3
