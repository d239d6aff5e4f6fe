"""Due times of EventBridge schedules.

Of the cron expressions of the EventBridge User Guide only "at a minute of these hours" is supported, every day or on
some days of the week. Any other expression raises UnknownScheduleError.
"""

import re
from datetime import UTC, datetime, timedelta

from handlers.common.runtime.errors import ComplianceMonitorError

ALLOWED = {"day of month": "*", "month": "*", "day of week": "?", "year": "*"}
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class UnknownScheduleError(ComplianceMonitorError, ValueError):
    """A schedule expression that the simulation does not support."""


def next_after(expression: str, moment: datetime) -> datetime:
    """Returns the first due time after `moment`, in UTC; raises UnknownScheduleError."""
    minute, hours, weekdays = _weekly(expression)
    start = moment.astimezone(UTC).replace(minute=minute, second=0, microsecond=0)
    candidates = (start.replace(hour=hour) + timedelta(days=day) for day in range(8) for hour in hours)
    return min(candidate for candidate in candidates if candidate > moment and candidate.weekday() in weekdays)


def _weekly(expression: str) -> tuple[int, list[int], set[int]]:
    """Returns minute, hours and weekdays of a cron(M H[,H...] * * ? *) or cron(M H[,H...] ? * MON[,TUE...] *)."""
    fields = re.fullmatch(r"cron\(([^()]*)\)", expression)
    if fields is None:
        raise UnknownScheduleError(f"{expression}: the simulation supports only cron(…)")
    values = fields[1].split(" ")
    if len(values) != 6:
        raise UnknownScheduleError(f"{expression}: has {len(values)} fields instead of 6")
    weekdays = [DAYS.index(day) for day in values[4].split(",") if day in DAYS]
    if values[2] == "?" and len(weekdays) == len(values[4].split(",")):
        values[2], values[4] = "*", "?"
    else:
        weekdays = list(range(7))
    for (name, allowed), field in zip(ALLOWED.items(), values[2:], strict=True):
        if field != allowed:
            raise UnknownScheduleError(f"{expression}: the simulation supports only {allowed} as {name}")
    hours = [_number(expression, "hour", hour, 23) for hour in values[1].split(",")]
    return _number(expression, "minute", values[0], 59), hours, set(weekdays)


def _number(expression: str, name: str, text: str, highest: int) -> int:
    if re.fullmatch(r"[0-9]{1,2}", text) is None or int(text) > highest:
        raise UnknownScheduleError(f"{expression}: the simulation supports only 0 to {highest} as {name}")
    return int(text)
