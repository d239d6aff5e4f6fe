"""Only owners are reminded 30, 7 and 1 days before a waiver expires, once each."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model import waiver
from handlers.common.model.waiver import Waiver
from handlers.common.stores import journal
from handlers.common.stores.mail_queue import Mail
from handlers.remind import app
from handlers.remind.app import FailedRemindersError, handler
from handlers.remind.environment import RemindEnvironment
from handlers.remind.reminders import days_due
from tests.support.changes import ACCOUNT
from tests.support.mailing import MailQueue
from tests.support.trails import TABLE, make_trail, records
from tests.support.waivers import waiver as made

Mails = Callable[[], list[Mail]]


@pytest.fixture
def mails(aws: None, monkeypatch: pytest.MonkeyPatch) -> Mails:
    boto3.client("s3", "eu-west-1").create_bucket(
        Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    queue = MailQueue()
    trail = make_trail()
    variables = RemindEnvironment(
        environment="dev",
        environment_suffix="ew1",
        account=ACCOUNT,
        role="arn:aws:iam::111122223333:role/remind-dev-ew1",
        report_bucket="reports",
        mail_queue=queue.url,
        audit_queue=trail.queue_url,
        journal_table=TABLE,
    )
    for name, value in variables.to_variables().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(waiver, "load", lambda: (made(),))
    return queue.mails


def run(day: str) -> None:
    handler({"id": "x", "time": f"{day}T07:00:00Z"}, None)


def test_three_reminders_are_sent_once_each(mails: Mails) -> None:
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


def test_reminder_has_reason_and_action_and_goes_to_the_owner(mails: Mails) -> None:
    run("2026-03-24")
    [mail] = mails()
    for part in ("2026-03-31", "AWS::S3::Bucket ledger", "RISK-7", "approver@example.com", "waivers/crane.toml"):
        assert part in mail.body
    assert mail.attributes == {"owner": "owner@example.com"}


def test_a_reminder_is_recorded(mails: Mails) -> None:
    run("2026-03-30")
    [record] = records()
    assert (record["kind"], record["why"]["waiver"], record["what"]["days_left"]) == ("WAIVER_REMINDER", "crane", 1)
    assert record["who"]["owner"] == "owner@example.com"


def test_a_missed_day_is_caught_up(mails: Mails) -> None:
    run("2026-03-26")
    run("2026-03-27")
    assert [mail.subject for mail in mails()] == ["[WAIVER] dev-ew1: crane ends in 5 days"]


def test_waivers_by_tags_name_the_tags(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiver, "load", lambda: (made(tags={"supplier": "crane"}),))
    run("2026-03-31")
    assert "resources tagged supplier = crane" in mails()[0].body
    assert "ends in less than a day" in mails()[0].subject


@pytest.mark.parametrize("dies", ["audit_trail.Trail.append", "journal.Journal.create"])
def test_a_reminder_that_was_denied_is_sent_by_the_retry(
    mails: Mails, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    """Fails before or after queuing the mail; a mail queued twice is one mail. There is one record."""
    original = journal.Journal.create

    def die(*arguments: Any) -> Any:
        if dies.startswith("journal") and not arguments[1].startswith("waiver/"):
            return original(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"handlers.common.stores.{dies}", die)
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
    assert days_due(found, day) == expected


def test_nothing_is_due_before_it_begins() -> None:
    assert days_due(made(start="2026-03-20"), date(2026, 3, 10)) is None


def test_a_failed_reminder_does_not_delay_others(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ("crane", "heron", "stork")
    monkeypatch.setattr(waiver, "load", lambda: tuple(made(id=each) for each in ids))
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


@pytest.fixture
def long_waiver(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    """Returns a waiver without a due reminder."""
    monkeypatch.setattr(waiver, "load", lambda: (made(end="2026-06-30"),))


def report(key: str, findings: int | None, id: str = "crane") -> None:
    """Writes a report with the number of a waiver's findings."""
    text = json.dumps({"waivers": [{"id": id, "rule": "r", "end": "2026-03-31", "findings": findings}]})
    boto3.client("s3", "eu-west-1").put_object(Bucket="reports", Key=f"reports/2026/03/{key}.json", Body=text.encode())


@pytest.mark.usefixtures("long_waiver")
def test_an_owner_is_notified_once_of_an_unused_waiver(mails: Mails) -> None:
    report("10/0645", 0)
    for day in ("2026-03-10", "2026-03-10", "2026-03-11", "2026-03-20"):
        run(day)
    [mail] = mails()
    assert mail.subject == "[WAIVER] dev-ew1: crane applies to no finding"
    assert "it names a resource that does not exist" in mail.body and "AWS::S3::Bucket ledger" in mail.body
    assert [record["kind"] for record in records()] == ["WAIVER_REMINDER"]


@pytest.mark.usefixtures("long_waiver")
@pytest.mark.parametrize(("findings", "id"), [(1, "crane"), (None, "crane"), (0, "heron")])
def test_no_mail_if_the_waiver_is_used_or_its_use_unknown(mails: Mails, findings: int | None, id: str) -> None:
    report("10/0645", findings, id)
    run("2026-03-10")
    assert mails() == []


@pytest.mark.usefixtures("long_waiver")
def test_the_last_report_of_the_previous_day_is_used(mails: Mails) -> None:
    report("08/0645", 0)
    report("10/0045", 0)
    report("10/0645", 3)
    report("10/1245", 0)
    boto3.client("s3", "eu-west-1").put_object(Bucket="reports", Key="reports/2026/03/10/0645-findings.jsonl", Body=b"")
    run("2026-03-10")
    assert mails() == []


def test_reminders_are_sent_without_a_readable_report(mails: Mails) -> None:
    boto3.client("s3", "eu-west-1").put_object(Bucket="reports", Key="reports/2026/03/30/0645.json", Body=b"{")
    with pytest.raises(FailedRemindersError, match="the last report"):
        run("2026-03-30")
    assert [mail.subject for mail in mails()] == ["[WAIVER] dev-ew1: crane ends in 1 day"]
