"""Capture times of configuration items, and their order."""

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_ID = 40

Age = tuple[bool, timedelta, int]
"""Sort key of states, oldest first; a state without a time is older than all others."""


def age(item: dict[str, Any]) -> Age:
    """Returns an item's sort key among the states of its resource: capture time, then state ID."""
    captured = _since_epoch(item.get("configurationItemCaptureTime"))
    return captured is not None, captured or timedelta(), _number(item.get("configurationStateId"))


def _since_epoch(value: Any) -> timedelta | None:
    """Returns a time from ISO 8601 (Config's deliveries) or seconds (its API); the default offset is UTC."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return timedelta(seconds=value)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError, TypeError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else -1
