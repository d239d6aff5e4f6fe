"""The simulated time."""

from datetime import datetime, timedelta


class Clock:
    """A clock that also advances by a millisecond whenever it is read, so that no two times are equal."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Returns the current time, in UTC."""
        self._now += timedelta(milliseconds=1)
        return self._now

    def look(self) -> datetime:
        """Returns the current time without advancing the clock."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Advances the clock."""
        self._now += by
