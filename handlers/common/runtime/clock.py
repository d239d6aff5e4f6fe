"""The present time, and the format of all stored times.

The format sorts as text: UTC with milliseconds, of constant width, for example 2026-03-01T06:00:00.000Z.
"""

from collections.abc import Callable
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def use(source: Callable[[], datetime]) -> Callable[[], datetime]:
    """Sets the source of the present time, for simulations and tests, and returns the former source."""
    global _source
    former, _source = _source, source
    return former


def now() -> datetime:
    """Returns the present time, in UTC."""
    return _source()


def stamp(moment: datetime) -> str:
    """Returns a time in the stored format."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Returns the UTC time of an ISO 8601 string with an offset or Z; raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return moment.astimezone(UTC)
