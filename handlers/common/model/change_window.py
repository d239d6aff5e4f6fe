"""Change windows: periods in which remediations may change resources.

The format is "mon-fri 20:00-23:00": a weekday or a range of weekdays, and two times of day in UTC. An end before the
start is on the next day; the window belongs to the day on which it starts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

from handlers.common.runtime.errors import ComplianceMonitorError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FORM = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? ([0-2]\d:[0-5]\d)-([0-2]\d:[0-5]\d)")


class WindowError(ComplianceMonitorError, ValueError):
    """A string that is not a valid change window."""


@dataclass(frozen=True)
class Window:
    """One window; `days` are weekdays, Monday is 0."""

    days: frozenset[int]
    start: time
    end: time

    @classmethod
    def of(cls, text: str) -> Self:
        """Returns the window that a string describes; raises WindowError."""
        match = FORM.fullmatch(text)
        if match is None:
            raise WindowError(f"{text!r} does not have the form mon-fri 20:00-23:00")
        first, last = match[1], match[2] or match[1]
        if first not in DAYS or last not in DAYS:
            raise WindowError(f"{text!r} has an invalid weekday: use {', '.join(DAYS)}")
        try:
            start, end = time.fromisoformat(match[3]), time.fromisoformat(match[4])
        except ValueError as error:
            raise WindowError(f"{text!r} has an invalid time of day") from error
        if start == end:
            raise WindowError(f"{text!r} has the same start and end")
        begin, until = DAYS.index(first), DAYS.index(last)
        span = (until - begin) % 7 + 1
        return cls(frozenset((begin + offset) % 7 for offset in range(span)), start, end)

    def includes(self, moment: datetime) -> bool:
        """Returns whether a moment (UTC) is in the window, which includes its start and excludes its end."""
        day, now = moment.weekday(), moment.time().replace(tzinfo=None)
        if self.start < self.end:
            return day in self.days and self.start <= now < self.end
        before = (moment - timedelta(days=1)).weekday()
        return (day in self.days and now >= self.start) or (before in self.days and now < self.end)


def is_open(windows: Iterable[str], moment: datetime) -> bool:
    """Returns whether changes are permitted at a moment. Without windows they always are."""
    listed = [Window.of(text) for text in windows]
    return not listed or any(window.includes(moment) for window in listed)
