"""Exclusions of resources from rules: `exclude` of a rule's table."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated

from pydantic import Field, Strict

from handlers.common.model.exclusion import PREFIX, Exclusion
from handlers.common.model.rule import Guard, Rule
from handlers.common.stores.audit_chain import digest
from settings import fields as values
from settings import scopes
from settings.base import StrictModel
from settings.fields import Problem
from settings.scopes import Monitored, Resource, Sentence

ID_DIGITS = 12


class ExclusionSettings(StrictModel):
    """Resources to which a rule does not apply, and the reason."""

    reason: Sentence
    """reason for the exclusion"""
    resource: Resource | None = None
    tags: Mapping[values.ScopeTag, values.ScopeTag] = Field(default_factory=dict)
    """alternative to a resource: all resources that carry all of these tags"""

    def is_about_the_same_as(self, other: "ExclusionSettings") -> bool:
        """Returns whether another exclusion has the same resource or tags, regardless of the reason."""
        return (self.resource, self.tags) == (other.resource, other.tags)


Exclusions = Annotated[
    tuple[ExclusionSettings, ...],
    Strict(False),
    values.Allowed("tables with a reason, and a resource or tags"),
]


Given = Mapping[str, Sequence[ExclusionSettings]]
"""Exclusions by deployed rule."""


def exclusions(given: Given, monitored: Monitored) -> tuple[Exclusion, ...]:
    """Returns the exclusions in the format of the functions."""
    return tuple(
        Exclusion(
            id=_id(rule, each, monitored),
            rule=rule,
            reason=each.reason,
            resource=each.resource.exact(monitored) if each.resource else None,
            tags=dict(each.tags),
        )
        for rule, excluded in given.items()
        for each in excluded
    )


def problems(
    given: Given, catalogue: Mapping[str, Rule], regions_of: Callable[[str], Sequence[str]], monitored: Monitored
) -> Iterator[Problem]:
    """Yields the problems of exclusions, given the regions in which each rule is evaluated."""
    for name, excluded in given.items():
        rule, known = catalogue[name], set[str]()
        for number, each in enumerate(excluded):
            at = ("rules" if isinstance(rule.source, Guard) else "managed_rules", name, "exclude", number)
            for found in scopes.problems(each.resource, each.tags, rule, regions_of(name), monitored):
                yield found.below(*at)
            id = _id(name, each, monitored)
            if id in known:
                yield Problem(at, None, "duplicate exclusion", "each resource or set of tags once")
            known.add(id)


def _id(rule: str, given: ExclusionSettings, monitored: Monitored) -> str:
    """Returns an ID that depends on the rule and on the resource or tags only."""
    resource = asdict(given.resource.exact(monitored)) if given.resource else None
    text = json.dumps([rule, resource, dict(given.tags)], sort_keys=True)
    return f"{PREFIX}{digest(text.encode())[:ID_DIGITS]}"
