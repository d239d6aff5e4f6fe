"""Time: where it comes from, and the one form in which it is written.

The form sorts as text: UTC, milliseconds, always the same width, for example 2026-03-01T06:00:00.000Z.
"""

from collections.abc import Callable
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def use(source: Callable[[], datetime]) -> Callable[[], datetime]:
    """Takes the time from `source`: how a simulation that runs through days, or a test, gives a function its clock.

    Returns the source before.
    """
    global _source
    before, _source = _source, source
    return before


def now() -> datetime:
    """Returns the present moment, in UTC."""
    return _source()


def stamp(moment: datetime) -> str:
    """Returns a moment in the one written form."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Returns a moment from ISO 8601 with an offset or Z; raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return moment.astimezone(UTC)
