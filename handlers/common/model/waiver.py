"""Waivers: violations that are borne for a time, by whose word and why; docs/waivers.md.

They are files in git, and travel to the functions as a JSON document in the archive. One that has ended stays there:
its end has to be reported.
"""

import json
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

FILE = "waivers.json"
"""The document's name, beside this module."""

OWNER_ATTRIBUTE = "owner"
"""The message attribute by which a reminder finds its reader: the owner's address in lower case."""

Tags = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ResourceRef:
    """One resource, as Config calls it."""

    account: str
    region: str
    resource_type: str
    resource_id: str


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is set apart of a rule's results up to a last day: a resource, or all that carry every one of some tags."""

    id: str
    rule: str
    end: str
    resource: ResourceRef | None = None
    tags: Tags = field(default_factory=dict)

    def matches(self, resource: ResourceRef, tags: Callable[[], Tags]) -> bool:
        """Returns whether a resource is meant; its tags are asked for only where they matter."""
        if self.resource is not None:
            return resource == self.resource
        return self.tags.items() <= tags().items()


@dataclass(frozen=True, kw_only=True)
class Waiver(Scope):
    """One waiver of one rule.

    `start` and `end` are days, "2026-03-01", both included; `owner` and `approver` are e-mail addresses.
    """

    owner: str
    approver: str
    reason: str
    ticket: str
    compensating_measure: str
    start: str

    def in_force(self, day: date) -> bool:
        """Returns whether it holds on a day (UTC)."""
        return self.start <= day.isoformat() <= self.end

    def days_left(self, day: date) -> int:
        """Returns days to its last one; negative when that is past."""
        return (date.fromisoformat(self.end) - day).days


def longest_valid(
    waivers: Iterable[Waiver], rule: str, resource: ResourceRef, day: date, tags: Callable[[], Tags]
) -> Waiver | None:
    """Returns the waiver of a resource under a rule on a day: of several the one that holds longest."""
    found = [each for each in waivers if each.rule == rule and each.in_force(day) and each.matches(resource, tags)]
    return max(found, key=lambda each: (each.end, each.id), default=None)


def to_json(waivers: Iterable[Waiver]) -> bytes:
    """Returns the document of some waivers; the same waivers give the same bytes."""
    documents = [asdict(waiver) for waiver in sorted(waivers, key=lambda each: each.id)]
    return json.dumps(documents, sort_keys=True, separators=(",", ":")).encode()


def from_json(document: bytes) -> tuple[Waiver, ...]:
    """Returns the waivers of a document that `written` made."""
    return tuple(_waiver(each) for each in json.loads(document))


def load() -> tuple[Waiver, ...]:
    """Returns the waivers that this function was deployed with."""
    try:
        document = pkgutil.get_data("handlers.common", FILE)
    except OSError:
        return ()
    return from_json(document) if document else ()


def _waiver(document: dict[str, Any]) -> Waiver:
    resource = document.pop("resource")
    return Waiver(**document, resource=ResourceRef(**resource) if resource else None)
