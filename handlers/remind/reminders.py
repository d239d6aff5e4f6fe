"""What the owner of a waiver is reminded of, and in which words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from handlers.common.model.waiver import Waiver

DAYS_BEFORE = (30, 7, 1)


@dataclass(frozen=True)
class Reminder:
    """One reminder: its name among those of the waiver, what it says in a subject and a line, and its text."""

    name: str
    says: str
    text: tuple[str, ...]


def due(found: Waiver, today: date, findings: int | None) -> Iterator[Reminder]:
    """Yields the reminders due on a day; `findings` is to how many the waiver applies, None if unknown."""
    if (days := days_due(found, today)) is not None:
        yield _ending(found, days, found.days_left(today))
    if findings == 0 and found.in_force(today):
        yield _unused(found)


def days_due(found: Waiver, today: date) -> int | None:
    """Returns which of the reminders of the end is due on a day, by its days before the end; None if none is."""
    if not found.in_force(today):
        return None
    left = found.days_left(today)
    return min((days for days in DAYS_BEFORE if left <= days), default=None)


def _ending(found: Waiver, days: int, left: int) -> Reminder:
    return Reminder(
        str(days),
        f"ends in {_days(left)}",
        (
            f"Your waiver {found.id} ends in {_days(left)}: its last day is {found.end} (UTC).",
            "Then its findings open again, with their age, and are alerted; remediations may act on them.",
            "",
            *_about(found),
            "",
            f"Have the violation fixed by then, or a new waiver approved: waivers/{found.id}.toml, docs/waivers.md.",
        ),
    )


def _unused(found: Waiver) -> Reminder:
    return Reminder(
        "unused",
        "applies to no finding",
        (
            f"Your waiver {found.id} is in force until {found.end} (UTC) and applies to no finding.",
            "Either the violation is fixed, and the waiver can go, or it names something that is not there: then the",
            "violation is alerted and remediated as if there were no waiver.",
            "",
            *_about(found),
            "",
            f"Compare it with the finding's alert, or remove it: waivers/{found.id}.toml, docs/waivers.md.",
        ),
    )


def _about(found: Waiver) -> tuple[str, ...]:
    it = found.resource
    what = f"{it.resource_type} {it.resource_id}, account {it.account}, {it.region}" if it else _tagged(found)
    return (
        f"Rule:        {found.rule}",
        f"What:        {what}",
        f"Reason:      {found.reason}",
        f"Meanwhile:   {found.compensating_measure}",
        f"Ticket:      {found.ticket}",
        f"Approved by: {found.approver}",
    )


def _tagged(found: Waiver) -> str:
    return "resources tagged " + ", ".join(f"{key} = {value}" for key, value in sorted(found.tags.items()))


def _days(left: int) -> str:
    return "less than a day" if left == 0 else "1 day" if left == 1 else f"{left} days"
