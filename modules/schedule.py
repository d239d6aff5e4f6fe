"""Times of day as EventBridge cron expressions, in UTC."""

from datetime import time

from handlers.common.cadence import EVALUATION_HOURS


def six_hourly(first: time, minutes_later: int = 0) -> str:
    """Every six hours from `first` on, each run `minutes_later`; for example cron(45 0,6,12,18 * * ? *)."""
    minute = first.hour * 60 + first.minute + minutes_later
    hours = sorted((minute // 60 + step) % 24 for step in range(0, 24, EVALUATION_HOURS))
    return f"cron({minute % 60} {','.join(map(str, hours))} * * ? *)"


def daily(at: time) -> str:
    """Every day at a time; for example cron(0 7 * * ? *)."""
    return f"cron({at.minute} {at.hour} * * ? *)"
