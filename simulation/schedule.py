"""When EventBridge's schedules come due.

Of the cron expressions of the EventBridge User Guide only "at a minute of these hours, every day" is known here;
anything else is refused, so that no schedule silently comes due at the wrong time.
"""

import re
from datetime import UTC, datetime, timedelta

EVERY_DAY = {"day of month": "*", "month": "*", "day of week": "?", "year": "*"}


class UnknownScheduleError(ValueError):
    """A schedule expression that the simulation does not understand."""


def next_after(expression: str, moment: datetime) -> datetime:
    """The first time after `moment` that the expression names, in UTC; raises UnknownScheduleError."""
    minute, hours = _daily(expression)
    start = moment.astimezone(UTC).replace(minute=minute, second=0, microsecond=0)
    candidates = (start.replace(hour=hour) + timedelta(days=day) for day in (0, 1) for hour in hours)
    return min(candidate for candidate in candidates if candidate > moment)


def _daily(expression: str) -> tuple[int, list[int]]:
    """The minute and the hours of a cron(M H[,H...] * * ? *)."""
    fields = re.fullmatch(r"cron\(([^()]*)\)", expression)
    if fields is None:
        raise UnknownScheduleError(f"{expression}: the simulation knows only cron(…)")
    found = fields[1].split(" ")
    if len(found) != 6:
        raise UnknownScheduleError(f"{expression}: has {len(found)} fields instead of 6")
    for (name, wanted), field in zip(EVERY_DAY.items(), found[2:], strict=True):
        if field != wanted:
            raise UnknownScheduleError(f"{expression}: the simulation knows only {wanted} as {name}")
    return _number(expression, "minute", found[0], 59), [
        _number(expression, "hour", hour, 23) for hour in found[1].split(",")
    ]


def _number(expression: str, name: str, text: str, highest: int) -> int:
    if re.fullmatch(r"[0-9]{1,2}", text) is None or int(text) > highest:
        raise UnknownScheduleError(f"{expression}: the simulation knows only 0 to {highest} as {name}")
    return int(text)
