"""Times of day as EventBridge cron expressions, in UTC."""

from collections.abc import Iterable
from datetime import time, timedelta

from handlers.common.model.cadence import EVALUATION_HOURS
from handlers.common.model.change_window import DAYS, Window


def six_hourly(first: time, minutes_later: int = 0) -> str:
    """Returns a cron for `minutes_later` than every six hours from `first`: cron(45 0,6,12,18 * * ? *)."""
    minute = first.hour * 60 + first.minute + minutes_later
    hours = sorted((minute // 60 + step) % 24 for step in range(0, 24, EVALUATION_HOURS))
    return f"cron({minute % 60} {','.join(map(str, hours))} * * ? *)"


def daily(at: time, later: timedelta = timedelta()) -> str:
    """Returns a cron for every day at a time, plus whole hours `later`: cron(0 7 * * ? *)."""
    hours = later // timedelta(hours=1)
    return f"cron({at.minute} {(at.hour + hours) % 24} * * ? *)"


def openings(windows: Iterable[str]) -> list[str]:
    """Returns a cron for the start of each change window: cron(0 20 ? * MON,TUE *) for "mon-tue 20:00-23:00"."""
    parsed = [Window.of(text) for text in windows]
    days = {window: ",".join(DAYS[day].upper() for day in sorted(window.days)) for window in parsed}
    return [f"cron({window.start.minute} {window.start.hour} ? * {days[window]} *)" for window in parsed]
