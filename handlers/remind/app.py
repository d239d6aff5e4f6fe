"""Reminds owners of waivers once each: 30, 7 and 1 days before the end, and if a waiver applies to no finding.

Reminders of a day without a run are sent by the next run.
"""

import logging
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from handlers.common.model import waiver
from handlers.common.model.events import time_of
from handlers.common.model.waiver import OWNER_ATTRIBUTE, Waiver
from handlers.common.runtime import clients
from handlers.common.runtime.email import subject
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.runtime.naming import WAIVER_OWNERS_TOPIC
from handlers.common.stores import documents
from handlers.common.stores.audit_chain import digest
from handlers.common.stores.audit_trail import ID_DIGITS, Entry, Kind, Trail
from handlers.common.stores.journal import EXPIRES, Journal
from handlers.common.stores.mail_queue import Mail
from handlers.common.stores.report_bucket import REPORTS, report_key, report_time
from handlers.remind.environment import RemindEnvironment
from handlers.remind.reminders import Reminder, due

log = logging.getLogger(__name__)

KEPT = timedelta(days=40)
MARKS = "waiver/"
"""The prefix of the journal's keys of sent reminders."""

A_DAY = timedelta(days=1)


class FailedRemindersError(ComplianceMonitorError, RuntimeError):
    """Some reminders failed. A retry sends only these."""


def handler(event: Any, _context: object) -> None:
    """Handles the daily schedule."""
    environment = RemindEnvironment.from_env()
    moment = time_of(event, "time")
    failures = []
    try:
        findings = _findings(environment.report_bucket, moment)
    except Exception as error:
        # Reminders of the end do not require a report.
        log.exception("report not read", extra={"bucket": environment.report_bucket})
        findings = {}
        failures.append(f"the last report: {error}")
    for each in waiver.load():
        for reminder in due(each, moment.date(), findings.get(each.id)):
            try:
                _remind(each, reminder, moment.date(), environment, str(event.get("id", "")))
            except Exception as error:
                log.exception("owner not reminded", extra={"waiver": each.id})
                failures.append(f"{each.id}: {error}")
    if failures:
        raise FailedRemindersError("; ".join(failures))


def _findings(bucket: str, moment: datetime) -> dict[str, int | None]:
    """Returns the number of findings of each waiver, from the last report of the 24 hours before a time."""
    keys = documents.keys(bucket, REPORTS, after=report_key(moment - A_DAY))
    past = [key for key in keys if (scheduled := report_time(key)) is not None and scheduled <= moment]
    if not past:
        return {}
    report = documents.read(bucket, max(past))
    return {each["id"]: each["findings"] for each in report.get("waivers", [])}


def _remind(item: Waiver, reminder: Reminder, today: date, environment: RemindEnvironment, event_id: str) -> None:
    journal = Journal(clients.dynamodb(), environment.journal_table)
    mark = f"{MARKS}{item.id}/{item.end}/{reminder.name}"
    if journal.get(mark) is not None:
        return
    Trail(environment.audit_queue).append(_entry(item, mark, item.days_left(today), environment, event_id))
    headline = f"[WAIVER] {environment.deployment}: {item.id} {reminder.short_text}"
    Mail(
        mail_id=digest(mark.encode())[:ID_DIGITS],
        topic=WAIVER_OWNERS_TOPIC,
        subject=subject(headline),
        body="\n".join((*reminder.text, f"Monitored by: compliance monitor, {environment.deployment}")) + "\n",
        heading=f"[WAIVER] {environment.deployment}: your waivers need attention",
        line=f"{item.id} {reminder.short_text}: {item.rule}, last day {item.end}, {item.ticket}",
        attributes={OWNER_ATTRIBUTE: item.owner.lower()},
    ).put(environment.mail_queue)
    # After the mail: if the invocation fails before, the retry sends a mail with the same id.
    end = datetime.combine(date.fromisoformat(item.end), time(), UTC)
    journal.create(mark, {EXPIRES: int((end + KEPT).timestamp())})
    log.info("owner reminded", extra={"waiver": item.id, "reminder": reminder.name})


def _entry(item: Waiver, mark: str, left: int, environment: RemindEnvironment, event_id: str) -> Entry:
    return Entry(
        kind=Kind.WAIVER_REMINDER,
        once=f"{Kind.WAIVER_REMINDER}/{mark}",
        who={"role": environment.role, "owner": item.owner, "approver": item.approver},
        what={"account": environment.account, "days_left": left, "end": item.end},
        why={"rule": item.rule, "waiver": item.id, "reason": item.reason, "ticket": item.ticket},
        ids={"event_id": event_id, "waiver": item.id},
    )
