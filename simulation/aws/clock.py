"""The simulated time."""

from datetime import datetime, timedelta


class Clock:
    """A clock that moves when it is advanced, and a millisecond whenever it is read: no two moments are the same."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Returns the present moment, in UTC."""
        self._now += timedelta(milliseconds=1)
        return self._now

    def look(self) -> datetime:
        """Returns the present moment without moving the clock."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Advances the clock."""
        self._now += by
