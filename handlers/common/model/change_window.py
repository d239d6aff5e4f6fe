"""Change windows: when a bank lets its infrastructure be changed.

Written as "mon-fri 20:00-23:00": a weekday or a range of them, and two times of day in UTC. An end before its beginning
is on the next day; the window belongs to the day on which it begins.
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
    """A text that is no change window."""


@dataclass(frozen=True)
class Window:
    """One window; `days` are weekdays from 0, Monday."""

    days: frozenset[int]
    start: time
    end: time

    @classmethod
    def of(cls, text: str) -> Self:
        """Reads a window; raises WindowError."""
        found = FORM.fullmatch(text)
        if found is None:
            raise WindowError(f"{text!r} is not of the form mon-fri 20:00-23:00")
        first, last = found[1], found[2] or found[1]
        if first not in DAYS or last not in DAYS:
            raise WindowError(f"{text!r} has a weekday that is none of {', '.join(DAYS)}")
        try:
            start, end = time.fromisoformat(found[3]), time.fromisoformat(found[4])
        except ValueError as error:
            raise WindowError(f"{text!r} has a time that no day has") from error
        if start == end:
            raise WindowError(f"{text!r} begins when it ends")
        begin, until = DAYS.index(first), DAYS.index(last)
        span = (until - begin) % 7 + 1
        return cls(frozenset((begin + offset) % 7 for offset in range(span)), start, end)

    def holds(self, moment: datetime) -> bool:
        """Returns whether a moment (UTC) lies within; the beginning does, the end does not."""
        day, now = moment.weekday(), moment.time().replace(tzinfo=None)
        if self.start < self.end:
            return day in self.days and self.start <= now < self.end
        before = (moment - timedelta(days=1)).weekday()
        return (day in self.days and now >= self.start) or (before in self.days and now < self.end)


def is_open(windows: Iterable[str], moment: datetime) -> bool:
    """Returns whether changes may be made at a moment; without any window, always."""
    listed = [Window.of(text) for text in windows]
    return not listed or any(window.holds(moment) for window in listed)
