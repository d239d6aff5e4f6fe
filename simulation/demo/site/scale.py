"""The axes of a chart: positions of values and moments, and labels."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# Steps that are easy to read; 2.5 itself is not.
STEPS = [factor * 10.0**power for power in range(-3, 16) for factor in (1, 2, 2.5, 5) if factor != 2.5 or power > 0]
TICKS = 4
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TIME_STEPS = (HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, *(days * DAY for days in (1, 2, 5, 7, 10, 14, 30, 90, 365)))


@dataclass(frozen=True)
class Values:
    """The vertical axis, from `low` to `high`, with a line at every `step`."""

    low: float
    high: float
    step: float

    @classmethod
    def of(cls, values: list[float], axis: Mapping[str, Any]) -> "Values":
        """Returns the axis that contains zero and the values, with the limits that the widget sets."""
        left = axis.get("left", {})
        low = float(left.get("min", min([0.0, *values])))
        high = float(left.get("max", max(values, default=low)))
        if high <= low:
            high = low + 1
        raw = (high - low) / TICKS
        if all(value.is_integer() for value in values):
            raw = max(raw, 1.0)
        step = next((each for each in STEPS if each >= raw), raw)
        if "max" not in left:
            high = math.ceil(high / step) * step
        if "min" not in left:
            low = math.floor(low / step) * step
        return cls(low, high, step)

    def ticks(self) -> Iterator[float]:
        """Yields the labelled values of the axis."""
        first = math.ceil(self.low / self.step - 1e-9)
        for number in range(first, math.floor(self.high / self.step + 1e-9) + 1):
            yield number * self.step

    def share(self, value: float) -> float:
        """Returns a value's position between low (0) and high (1), limited to the axis."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


@dataclass(frozen=True)
class Moments:
    """The horizontal axis."""

    start: datetime
    end: datetime

    def share(self, moment: datetime) -> float:
        """Returns a moment's position between start (0) and end (1), limited to the axis."""
        return min(1.0, max(0.0, (moment - self.start) / (self.end - self.start)))

    def ticks(self) -> Iterator[tuple[datetime, str]]:
        """Yields the labelled moments of the axis, at most five, with their labels."""
        span = self.end - self.start
        step = next((each for each in TIME_STEPS if span / each <= TICKS + 1), TIME_STEPS[-1])
        moment = self.end.replace(hour=0, minute=0, second=0, microsecond=0)
        while moment + step <= self.end:
            moment += step
        labels = []
        while moment >= self.start:
            labels.append((moment, f"{moment:%d %b}" if step >= DAY else f"{moment:%H:%M}"))
            moment -= step
        yield from reversed(labels)
