"""Due times of EventBridge schedules.

Of the cron expressions of the EventBridge User Guide only "at a minute of these hours" is known here, every day or on
some days of the week; anything else is refused, so that no schedule silently comes due at the wrong time.
"""

import re
from datetime import UTC, datetime, timedelta

from handlers.common.runtime.errors import ComplianceMonitorError

ALLOWED = {"day of month": "*", "month": "*", "day of week": "?", "year": "*"}
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class UnknownScheduleError(ComplianceMonitorError, ValueError):
    """A schedule expression that the simulation does not understand."""


def next_after(expression: str, moment: datetime) -> datetime:
    """Returns the first time after `moment` that the expression names, in UTC; raises UnknownScheduleError."""
    minute, hours, weekdays = _weekly(expression)
    start = moment.astimezone(UTC).replace(minute=minute, second=0, microsecond=0)
    candidates = (start.replace(hour=hour) + timedelta(days=day) for day in range(8) for hour in hours)
    return min(candidate for candidate in candidates if candidate > moment and candidate.weekday() in weekdays)


def _weekly(expression: str) -> tuple[int, list[int], set[int]]:
    """Returns minute, hours and weekdays of a cron(M H[,H...] * * ? *) or cron(M H[,H...] ? * MON[,TUE...] *)."""
    fields = re.fullmatch(r"cron\(([^()]*)\)", expression)
    if fields is None:
        raise UnknownScheduleError(f"{expression}: the simulation knows only cron(…)")
    found = fields[1].split(" ")
    if len(found) != 6:
        raise UnknownScheduleError(f"{expression}: has {len(found)} fields instead of 6")
    named = [DAYS.index(day) for day in found[4].split(",") if day in DAYS]
    if found[2] == "?" and len(named) == len(found[4].split(",")):
        found[2], found[4] = "*", "?"
    else:
        named = list(range(7))
    for (name, wanted), field in zip(ALLOWED.items(), found[2:], strict=True):
        if field != wanted:
            raise UnknownScheduleError(f"{expression}: the simulation knows only {wanted} as {name}")
    hours = [_number(expression, "hour", hour, 23) for hour in found[1].split(",")]
    return _number(expression, "minute", found[0], 59), hours, set(named)


def _number(expression: str, name: str, text: str, highest: int) -> int:
    if re.fullmatch(r"[0-9]{1,2}", text) is None or int(text) > highest:
        raise UnknownScheduleError(f"{expression}: the simulation knows only 0 to {highest} as {name}")
    return int(text)
