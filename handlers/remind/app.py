"""Reminds the owners of waivers 30, 7 and 1 days before the end, each once; a day without a run is made up for."""

import logging
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from handlers.common import clients, waiver
from handlers.common.chain import digest
from handlers.common.events import time_of
from handlers.common.journal import EXPIRES, Journal
from handlers.common.mails import Mail
from handlers.common.subject import subject
from handlers.common.topics import WAIVER_OWNERS_TOPIC
from handlers.common.trail import ID_DIGITS, Entry, Kind, Trail
from handlers.common.waiver import OWNER_ATTRIBUTE, Waiver
from handlers.remind.environment import RemindEnvironment

log = logging.getLogger(__name__)

DAYS_BEFORE = (30, 7, 1)
KEPT = timedelta(days=40)
MARKS = "waiver/"
"""Under which the journal has what was sent."""


class FailedRemindersError(RuntimeError):
    """Some owners could not be reminded; the others were, and a retry reminds these."""


def handler(event: Any, _context: object) -> None:
    """Answers the daily schedule."""
    environment = RemindEnvironment.from_variables()
    today = time_of(event, "time").date()
    failures = []
    for each in waiver.known():
        days = due(each, today)
        if days is None:
            continue
        try:
            _remind(each, days, today, environment, str(event.get("id", "")))
        except Exception as error:
            log.exception("owner not reminded", extra={"waiver": each.id})
            failures.append(f"{each.id}: {error}")
    if failures:
        raise FailedRemindersError("; ".join(failures))


def due(found: Waiver, today: date) -> int | None:
    """Which of the reminders is due on a day, by its days before the end; None if none is."""
    if not found.in_force(today):
        return None
    left = found.days_left(today)
    return min((days for days in DAYS_BEFORE if left <= days), default=None)


def _remind(found: Waiver, days: int, today: date, environment: RemindEnvironment, event_id: str) -> None:
    journal = Journal(clients.dynamodb(), environment.journal_table)
    mark = f"{MARKS}{found.id}/{found.end}/{days}"
    if journal.get(mark) is not None:
        return
    left = found.days_left(today)
    Trail(environment.audit_queue).append(_entry(found, mark, left, environment, event_id))
    headline = f"[WAIVER] {environment.deployment}: {found.id} ends in {_days(left)}"
    Mail(
        mail_id=digest(mark.encode())[:ID_DIGITS],
        topic=WAIVER_OWNERS_TOPIC,
        subject=subject(headline),
        body=_message(found, left, environment),
        heading=f"[WAIVER] {environment.deployment}: your waivers end",
        line=f"{found.id}: {found.rule}, last day {found.end}, {found.ticket}",
        attributes={OWNER_ATTRIBUTE: found.owner.lower()},
    ).put(environment.mail_queue)
    # Only now: whoever dies before is made up for by the retry, whose mail is the same one.
    end = datetime.combine(date.fromisoformat(found.end), time(), UTC)
    journal.create(mark, {EXPIRES: int((end + KEPT).timestamp())})
    log.info("owner reminded", extra={"waiver": found.id, "days_left": left})


def _message(found: Waiver, left: int, environment: RemindEnvironment) -> str:
    it = found.resource
    what = f"{it.resource_type} {it.resource_id}, account {it.account}, {it.region}" if it else _tagged(found)
    lines = [
        f"Your waiver {found.id} ends in {_days(left)}: its last day is {found.end} (UTC).",
        "Then its findings open again, with their age, and are alerted; remediations may act on them.",
        "",
        f"Rule:        {found.rule}",
        f"What:        {what}",
        f"Reason:      {found.reason}",
        f"Meanwhile:   {found.compensating_measure}",
        f"Ticket:      {found.ticket}",
        f"Approved by: {found.approver}",
        "",
        f"Have the violation mended by then, or a new waiver approved: waivers/{found.id}.toml, docs/waivers.md.",
        f"Monitored by: compliance monitor, {environment.deployment}",
    ]
    return "\n".join(lines) + "\n"


def _tagged(found: Waiver) -> str:
    return "resources tagged " + ", ".join(f"{key} = {value}" for key, value in sorted(found.tags.items()))


def _days(left: int) -> str:
    return "less than a day" if left == 0 else "1 day" if left == 1 else f"{left} days"


def _entry(found: Waiver, mark: str, left: int, environment: RemindEnvironment, event_id: str) -> Entry:
    return Entry(
        kind=Kind.WAIVER_REMINDER,
        once=f"{Kind.WAIVER_REMINDER}/{mark}",
        who={"role": environment.role, "owner": found.owner, "approver": found.approver},
        what={"account": environment.account, "days_left": left, "end": found.end},
        why={"rule": found.rule, "waiver": found.id, "reason": found.reason, "ticket": found.ticket},
        ids={"event_id": event_id, "waiver": found.id},
    )
