"""What a report reads, page by page: results and resources from AWS Config, findings from the register.

A page may be empty and still have a successor: only a missing token ends a read.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from handlers.common.model.finding import Finding
from handlers.common.model.results import Result
from handlers.common.model.rule import Rule, rules_in
from handlers.common.model.waiver import Scope
from handlers.report.environment import ReportEnvironment

Discovered = tuple[str, str, str, str | None]
"""Account, type, id, and the name that Config has recorded."""


Waived = tuple[str, str, str]
"""A finding's id, and id and last day of the waiver or exclusion."""


class Kind(StrEnum):
    """The reads. RESULTS has the compliant and non-compliant ones, as the aggregator keeps no others; NOT_APPLICABLE
    those that are, from the region itself, and of a periodic rule all.

    MEMBERS has the rules that evaluate something in the organization's other accounts, TAGGED the resources that carry
    the tags of a waiver or exclusion, EVALUATED when a region's rules were last evaluated as far as events say so,
    OPEN_CASES the findings on which a remediation has something under way.
    """

    MEMBERS = "MEMBERS"
    RESULTS = "RESULTS"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    DISCOVERED = "DISCOVERED"
    COUNT = "COUNT"
    FINDINGS = "FINDINGS"
    TAGGED = "TAGGED"
    EVALUATED = "EVALUATED"
    OPEN_CASES = "OPEN_CASES"


@dataclass(frozen=True)
class Read:
    """One paged read; its subject is a rule's name, a resource type, or nothing for the register and the members.

    Of tags it is the id of the waiver or exclusion and a resource type, with a blank between.

    A read of a rule is of one account, in which Config knows the rule as `config_rule`.
    """

    kind: Kind
    subject: str = ""
    region: str = ""
    account: str = ""
    config_rule: str = ""

    @property
    def scope(self) -> tuple[str, str, str]:
        """Of a read of a rule: rule, account and region."""
        return self.subject, self.account, self.region

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.subject, self.account, self.region) if part)


@dataclass(frozen=True)
class Page:
    """What one call gave; `token` is None after the last page.

    `reads` are further ones to make.
    """

    token: str | None = None
    results: list[Result] = field(default_factory=list)
    resources: list[Discovered] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    waived: list[Waived] = field(default_factory=list)
    evaluated: list[tuple[str, str, datetime]] = field(default_factory=list)
    open_cases: list[str] = field(default_factory=list)
    count: int = 0


def plan(rules: Iterable[Rule], environment: ReportEnvironment, scopes: Iterable[Scope]) -> list[Read]:
    """Returns every read that is known beforehand, in fixed order; a type of several rules is read once."""
    listed = {rule.name: rule for rule in rules}
    places = {place: rules_in(place, environment.home_region, listed) for place in environment.regions}
    own = [
        Read(kind, name, place, environment.account, environment.config_rule(name))
        for place, there in places.items()
        for name in there
        for kind in BY_RULE
    ]
    evaluated = [Read(Kind.EVALUATED, region=place, account=environment.account) for place in places]
    by_type = [
        Read(kind, each, place)
        for place, there in places.items()
        for each in sorted({kind for rule in there.values() for kind in rule.recorded_types})
        for kind in BY_TYPE
    ]
    members = [Read(Kind.MEMBERS)] if environment.members else []
    types_of = {name: rule.recorded_types for name, rule in listed.items()}
    tagged = [Read(Kind.TAGGED, f"{each.id} {kind}") for each in scopes if each.tags for kind in types_of[each.rule]]
    open_cases = [Read(Kind.OPEN_CASES)] if environment.remediated else []
    return [*own, *evaluated, *members, *by_type, *tagged, *open_cases, Read(Kind.FINDINGS)]


BY_RULE = (Kind.RESULTS, Kind.NOT_APPLICABLE)
BY_TYPE = (Kind.DISCOVERED, Kind.COUNT)
