"""Waivers: time-limited, approved exceptions to a rule; docs/waivers.md.

They are files in git, which the functions read from a JSON document in their archive. It includes expired waivers,
whose end must be reported.
"""

import json
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, TypeVar

from handlers.common.runtime.naming import COMMON

FILE = "waivers.json"
"""The document's file name in handlers/common."""

OWNER_ATTRIBUTE = "owner"
"""The message attribute that subscriptions to reminders filter by: the owner's address in lower case."""

Tags = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ResourceRef:
    """One resource, by AWS Config's type and id."""

    account: str
    region: str
    resource_type: str
    resource_id: str


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The resources that are exempt from a rule until `end`: one resource, or all resources that have all the tags."""

    id: str
    rule: str
    end: str
    resource: ResourceRef | None = None
    tags: Tags = field(default_factory=dict)

    def matches(self, resource: ResourceRef, tags: Callable[[], Tags]) -> bool:
        """Returns whether a resource is in the scope. Calls `tags` only if the scope has tags."""
        if self.resource is not None:
            return resource == self.resource
        return self.tags.items() <= tags().items()


S = TypeVar("S", bound=Scope)


@dataclass(frozen=True, kw_only=True)
class Waiver(Scope):
    """One waiver of one rule.

    `start` and `end` are inclusive dates, for example "2026-03-01"; `owner` and `approver` are e-mail addresses.
    """

    owner: str
    approver: str
    reason: str
    ticket: str
    compensating_measure: str
    start: str

    def in_force(self, day: date) -> bool:
        """Returns whether the waiver is in force on a day (UTC)."""
        return self.start <= day.isoformat() <= self.end

    def days_left(self, day: date) -> int:
        """Returns the days until the last day; negative after it."""
        return (date.fromisoformat(self.end) - day).days


def longest_valid(
    waivers: Iterable[Waiver], rule: str, resource: ResourceRef, day: date, tags: Callable[[], Tags]
) -> Waiver | None:
    """Returns the waiver of a resource under a rule on a day: of several, the one that is valid longest."""
    valid = [each for each in waivers if each.rule == rule and each.in_force(day) and each.matches(resource, tags)]
    return max(valid, key=lambda each: (each.end, each.id), default=None)


def to_json(scopes: Iterable[Scope]) -> bytes:
    """Returns the document of some waivers or exclusions, independent of their order."""
    documents = [asdict(scope) for scope in sorted(scopes, key=lambda each: each.id)]
    return json.dumps(documents, sort_keys=True, separators=(",", ":")).encode()


def from_json(document: bytes, kind: type[S]) -> tuple[S, ...]:
    """Returns the waivers or exclusions in a document of `to_json`."""
    return tuple(_scope(each, kind) for each in json.loads(document))


def load() -> tuple[Waiver, ...]:
    """Returns the waivers that this function was deployed with."""
    return deployed(FILE, Waiver)


def deployed(file: str, kind: type[S]) -> tuple[S, ...]:
    """Returns the waivers or exclusions in a file of this function's archive; none without the file."""
    try:
        document = pkgutil.get_data(COMMON, file)
    except OSError:
        return ()
    return from_json(document, kind) if document else ()


def _scope(document: dict[str, Any], kind: type[S]) -> S:
    resource = document.pop("resource")
    return kind(**document, resource=ResourceRef(**resource) if resource else None)
