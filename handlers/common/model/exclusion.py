"""Exclusions: resources that the settings exempt from a rule; docs/rules.md.

The functions read them from a JSON document in their archive. The findings table and reports have an exclusion's id in
the place of a waiver's id. It begins with PREFIX, with which no waiver's id may begin.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from handlers.common.model import waiver
from handlers.common.model.waiver import ResourceRef, Scope, Tags

FILE = "exclusions.json"
"""The document's file name in handlers/common."""

PREFIX = "excluded-"


@dataclass(frozen=True, kw_only=True)
class Exclusion(Scope):
    """One exclusion from one rule. It ends on the last possible date, and so prevails over every waiver."""

    reason: str
    end: str = date.max.isoformat()


def applicable(rule: str, resource: ResourceRef, day: date, tags: Callable[[], Tags]) -> Scope | None:
    """Returns the exclusion of a resource under a rule, or else the waiver that is valid longest on `day`.

    Of several exclusions the one with the last id applies, as in a report.
    """
    excluded = [each for each in load() if each.rule == rule and each.matches(resource, tags)]
    if excluded:
        return max(excluded, key=lambda each: each.id)
    return waiver.longest_valid(waiver.load(), rule, resource, day, tags)


def load() -> tuple[Exclusion, ...]:
    """Returns the exclusions that this function was deployed with."""
    return waiver.deployed(FILE, Exclusion)
