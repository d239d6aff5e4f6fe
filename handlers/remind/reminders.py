"""The reminders to owners of waivers, and their texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from handlers.common.model.waiver import Waiver

DAYS_BEFORE = (30, 7, 1)


@dataclass(frozen=True)
class Reminder:
    """One reminder: its name, unique for the waiver, its short text for subject and line, and its text."""

    name: str
    short_text: str
    text: tuple[str, ...]


def due(item: Waiver, today: date, findings: int | None) -> Iterator[Reminder]:
    """Yields the reminders due on a day; `findings` is the number of findings of the waiver, None if unknown."""
    if (days := days_due(item, today)) is not None:
        yield _ending(item, days, item.days_left(today))
    if findings == 0 and item.in_force(today):
        yield _unused(item)


def days_due(item: Waiver, today: date) -> int | None:
    """Returns the element of DAYS_BEFORE whose reminder is due on a day; None if none is due."""
    if not item.in_force(today):
        return None
    left = item.days_left(today)
    return min((days for days in DAYS_BEFORE if left <= days), default=None)


def _ending(item: Waiver, days: int, left: int) -> Reminder:
    return Reminder(
        str(days),
        f"ends in {_days(left)}",
        (
            f"Your waiver {item.id} ends in {_days(left)}: its last day is {item.end} (UTC).",
            "Then its findings are open again, with their age. They are alerted, and remediations may act on them.",
            "",
            *_about(item),
            "",
            f"Fix the violation by then, or have a new waiver approved: waivers/{item.id}.toml, docs/waivers.md.",
        ),
    )


def _unused(item: Waiver) -> Reminder:
    return Reminder(
        "unused",
        "applies to no finding",
        (
            f"Your waiver {item.id} is in force until {item.end} (UTC) and applies to no finding.",
            "Either the violation is fixed and the waiver can be removed, or it names a resource that does not exist.",
            "In the latter case the violation is alerted and remediated as if there were no waiver.",
            "",
            *_about(item),
            "",
            f"Compare it with the finding's alert, or remove it: waivers/{item.id}.toml, docs/waivers.md.",
        ),
    )


def _about(item: Waiver) -> tuple[str, ...]:
    ref = item.resource
    what = f"{ref.resource_type} {ref.resource_id}, account {ref.account}, {ref.region}" if ref else _tagged(item)
    return (
        f"Rule:        {item.rule}",
        f"What:        {what}",
        f"Reason:      {item.reason}",
        f"Meanwhile:   {item.compensating_measure}",
        f"Ticket:      {item.ticket}",
        f"Approved by: {item.approver}",
    )


def _tagged(item: Waiver) -> str:
    return "resources tagged " + ", ".join(f"{key} = {value}" for key, value in sorted(item.tags.items()))


def _days(left: int) -> str:
    return "less than a day" if left == 0 else "1 day" if left == 1 else f"{left} days"
