"""A finding may be open during the grace period without a mail, except critical ones."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model import waiver
from handlers.common.model.finding import Finding
from handlers.common.model.rule import Severity
from handlers.common.stores.findings_table import FindingsTable
from handlers.common.stores.mail_queue import LONGEST_DELAY, Mail
from handlers.process import app
from handlers.process.alert import MARGIN, delay_of
from handlers.process.app import handler
from handlers.rules import RULES
from tests.handlers.conftest import StandingClock
from tests.handlers.process.test_alert import FINDING
from tests.handlers.process.test_app import queue
from tests.support.changes import event
from tests.support.mailing import MailQueue
from tests.support.trails import make_trail
from tests.support.waivers import S3
from tests.support.waivers import waiver as made

__all__ = ["queue"]

GRACE = 120
Change = Callable[..., None]


@pytest.fixture
def change(queue: MailQueue, time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> Change:
    """Advances the clock by some seconds, and delivers a result of AWS Config."""
    make_trail()

    def come(compliance_type: str, after: float = 0, waived: bool = False) -> None:
        time.pass_by(after)
        monkeypatch.setattr(waiver, "load", lambda: [made()] if waived else [])
        handler(event(compliance_type=compliance_type, ordering=f"{time.moment:%Y-%m-%dT%H:%M:%S.000Z}"), None)

    return come


def delays(queue: MailQueue) -> list[tuple[str, int]]:
    """Returns each mail's transition and its delay in seconds."""
    return [
        (
            Mail.of(message.body).subject.split()[1],
            round(max(0, message.delayed_until - int(message.sent_timestamp or 0)) / 1000),
        )
        for message in queue.messages()
    ]


def held() -> Finding:
    [finding], _ = FindingsTable(boto3.client("dynamodb", "eu-west-1"), "findings").page()
    return finding


def test_opening_is_delayed_and_resolution_after_the_grace_period_is_not(queue: MailQueue, change: Change) -> None:
    change("NON_COMPLIANT")
    change("COMPLIANT", after=GRACE)
    assert delays(queue) == [("OPENED", GRACE), ("RESOLVED", 0)]
    assert held().brief == ""
    assert [(mail.finding_id, mail.follows) for mail in queue.mails()] == [(held().finding_id, ""), ("", "")]


def test_resolution_within_the_grace_period_follows_the_opening(queue: MailQueue, change: Change) -> None:
    change("NON_COMPLIANT")
    change("COMPLIANT", after=GRACE - 1)
    assert delays(queue) == [("OPENED", GRACE), ("RESOLVED", GRACE + MARGIN.total_seconds())]
    opened, resolved = queue.mails()
    assert held().brief
    assert resolved.follows == opened.mail_id == held().opening_id


def test_critical_findings_are_not_delayed(queue: MailQueue, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    critical = dataclasses.replace(RULES[S3], severity=Severity.CRITICAL)
    monkeypatch.setattr(app, "RULES", {**RULES, S3: critical})
    change("NON_COMPLIANT")
    change("COMPLIANT", after=1)
    assert delays(queue) == [("OPENED", 0), ("RESOLVED", 0)]
    assert (held().brief, [mail.follows for mail in queue.mails()]) == ("", ["", ""])


def test_without_a_grace_period_nothing_is_delayed(
    queue: MailQueue, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRACE_SECONDS", "0")
    change("NON_COMPLIANT")
    change("COMPLIANT", after=1)
    assert delays(queue) == [("OPENED", 0), ("RESOLVED", 0)]
    assert held().brief == ""


def test_reopening_within_the_grace_period_restarts_it(queue: MailQueue, change: Change) -> None:
    change("NON_COMPLIANT")
    change("COMPLIANT", after=30)
    change("NON_COMPLIANT", after=30)
    assert delays(queue)[2] == ("REOPENED", GRACE)
    opened, resolved, reopened = queue.mails()
    assert (held().brief, held().opening_id) == ("", reopened.mail_id)
    assert len({opened.mail_id, resolved.mail_id, reopened.mail_id}) == 3
    change("COMPLIANT", after=GRACE - 1)
    assert queue.mails()[3].follows == reopened.mail_id


def test_waiver_within_the_grace_period_sends_no_mail(queue: MailQueue, change: Change) -> None:
    change("NON_COMPLIANT")
    change("NON_COMPLIANT", after=30, waived=True)
    assert held().status == "WAIVED"
    change("COMPLIANT", after=30, waived=True)
    assert delays(queue) == [("OPENED", GRACE)]


def test_expired_waiver_restarts_the_grace_period(queue: MailQueue, change: Change) -> None:
    change("NON_COMPLIANT", waived=True)
    change("NON_COMPLIANT", after=30)
    assert delays(queue) == [("REOPENED", GRACE)]
    assert held().opening_id == queue.mails()[0].mail_id


def test_a_retry_queues_the_same_mail(queue: MailQueue, time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(FindingsTable, "mark_alerted", lambda *_: None)
        handler(event(), None)
    time.pass_by(61)
    handler(event(), None)
    assert delays(queue) == [("OPENED", GRACE)] * 2
    assert [mail.mail_id for mail in queue.mails()] == [held().opening_id]


@given(st.integers(0, 600), st.sampled_from(["OPENED", "REOPENED", "RESOLVED"]), st.sampled_from(["", "yes"]))
def test_delay_is_within_the_limit_of_sqs(seconds: int, due: str, brief: str) -> None:
    grace = timedelta(seconds=seconds)
    delay = delay_of(dataclasses.replace(FINDING, alert_due=due, brief=brief), grace)
    assert delay <= LONGEST_DELAY
    assert due != "RESOLVED" or not brief or delay > grace, "after the mail of its beginning"
