"""When AWS Config last began to evaluate each rule, kept in the journal as its events say.

An aggregator may keep the time of a result that did not change: nothing documents that it copies that of a later
evaluation. AWS Config's event "Config Rules Re-evaluation Status" says so in any case (AWS Config Developer Guide,
"Monitoring AWS Config with Amazon EventBridge").
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
"""Of the keys under which the journal has the times."""

AT = "at"
KEPT = timedelta(days=30)

Place = tuple[str, str]
"""A rule's name and a region."""


@dataclass(frozen=True)
class Started:
    """An evaluation that has begun, of some rules as AWS Config calls them."""

    region: str
    config_rules: tuple[str, ...]
    at: datetime

    @classmethod
    def from_event(cls, event: Any) -> Self:
        """Reads an event; raises MalformedEventError or FutureEventError. One rule may come as a text."""
        named = (event.get("detail") or {}).get("configRuleNames")
        names = [named] if isinstance(named, str) else named
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise MalformedEventError(f"detail.configRuleNames is {named!r}: a list of texts is needed")
        at = time_of(event, "time")
        check_past(at)
        return cls(text_of(event, "region"), tuple(names), at)


def note(journal: Journal, rule: str, started: Started) -> None:
    """Keeps the time of an evaluation, unless a later one is known."""
    expires = int((started.at + KEPT).timestamp())
    milliseconds = int(started.at.timestamp() * 1000)
    journal.advance(_key(rule, started.region), AT, milliseconds, {EXPIRES: expires})


def noted(journal: Journal, places: Iterable[Place]) -> Iterator[tuple[str, str, datetime]]:
    """Rule, region and time of those of the places that are known."""
    keys = {_key(*place): place for place in places}
    for key, values in journal.get_many(list(keys)):
        yield *keys[key], datetime.fromtimestamp(int(values[AT]) / 1000, UTC)


def _key(rule: str, region: str) -> str:
    return f"{PREFIX}{rule}/{region}"
