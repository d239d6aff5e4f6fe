"""The start of each rule's last evaluation, stored in the journal from events.

An aggregator is not documented to update the time of an unchanged result. "Config Rules Re-evaluation Status" has the
time of every evaluation (AWS Config Developer Guide, "Monitoring AWS Config with Amazon EventBridge").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from handlers.common.model.events import MalformedEventError, check_past, text_of, time_of
from handlers.common.stores.journal import EXPIRES, Journal

STATUS = "Config Rules Re-evaluation Status"
STARTED = "ConfigRulesEvaluationStarted"

PREFIX = "evaluated/"
"""The prefix of the journal's keys."""

AT = "at"
KEPT = timedelta(days=30)

Place = tuple[str, str]
"""A rule's name and a region."""


@dataclass(frozen=True)
class Started:
    """The start of an evaluation of some Config rules in a region."""

    region: str
    config_rules: tuple[str, ...]
    at: datetime

    @classmethod
    def from_event(cls, event: Any) -> Self:
        """Returns the start in an event; raises MalformedEventError or FutureEventError."""
        # One rule may be a string.
        value = (event.get("detail") or {}).get("configRuleNames")
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise MalformedEventError(f"detail.configRuleNames is {value!r}: a list of strings is required")
        at = time_of(event, "time")
        check_past(at)
        return cls(text_of(event, "region"), tuple(names), at)


def note(journal: Journal, rule: str, started: Started) -> None:
    """Stores the time of an evaluation, unless a later one is stored."""
    expires = int((started.at + KEPT).timestamp())
    milliseconds = int(started.at.timestamp() * 1000)
    journal.advance(_key(rule, started.region), AT, milliseconds, {EXPIRES: expires})


def noted(journal: Journal, places: Iterable[Place]) -> Iterator[tuple[str, str, datetime]]:
    """Yields rule, region and time for those places whose evaluation is stored."""
    keys = {_key(*place): place for place in places}
    for key, values in journal.get_many(list(keys)):
        yield *keys[key], datetime.fromtimestamp(int(values[AT]) / 1000, UTC)


def _key(rule: str, region: str) -> str:
    return f"{PREFIX}{rule}/{region}"
