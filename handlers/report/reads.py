"""The paged reads of a report: results and resources from AWS Config, findings from the findings table.

An empty page may have a successor: only a missing token ends a read.
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
"""Account, type, id, and recorded name."""

Waived = tuple[str, str, str]
"""The id of a finding, and id and last day of the waiver or exclusion."""


class Kind(StrEnum):
    """The reads. RESULTS has compliant and non-compliant results, the only ones of the aggregator. NOT_APPLICABLE has
    the others, from the region itself, and all results of a periodic rule.

    MEMBERS has the rules with results in the organization's other accounts, TAGGED the resources with the tags of a
    waiver or exclusion, EVALUATED the times of a region's last evaluations from events, OPEN_CASES the findings with a
    pending remediation.
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
    """One paged read. Its subject is a rule's name or a resource type, and empty for findings and members.

    For TAGGED the subject is the id of the waiver or exclusion, a space, and a resource type.

    A read of a rule is for one account, in which `config_rule` is the rule's name.
    """

    kind: Kind
    subject: str = ""
    region: str = ""
    account: str = ""
    config_rule: str = ""

    @property
    def scope(self) -> tuple[str, str, str]:
        """Rule, account and region of a read of a rule."""
        return self.subject, self.account, self.region

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.subject, self.account, self.region) if part)


@dataclass(frozen=True)
class Page:
    """The result of one call; `token` is None after the last page, `reads` are further reads."""

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
    """Returns the initial reads, in fixed order; a resource type of several rules is read once."""
    listed = {rule.name: rule for rule in rules}
    places = {place: rules_in(place, environment.home_region, listed) for place in environment.regions}
    own = [
        Read(kind, name, place, environment.account, environment.config_rule(name))
        for place, regional in places.items()
        for name in regional
        for kind in BY_RULE
    ]
    evaluated = [Read(Kind.EVALUATED, region=place, account=environment.account) for place in places]
    by_type = [
        Read(kind, each, place)
        for place, regional in places.items()
        for each in sorted({kind for rule in regional.values() for kind in rule.recorded_types})
        for kind in BY_TYPE
    ]
    members = [Read(Kind.MEMBERS)] if environment.members else []
    types_of = {name: rule.recorded_types for name, rule in listed.items()}
    tagged = [Read(Kind.TAGGED, f"{each.id} {kind}") for each in scopes if each.tags for kind in types_of[each.rule]]
    open_cases = [Read(Kind.OPEN_CASES)] if environment.remediated else []
    return [*own, *evaluated, *members, *by_type, *tagged, *open_cases, Read(Kind.FINDINGS)]


BY_RULE = (Kind.RESULTS, Kind.NOT_APPLICABLE)
BY_TYPE = (Kind.DISCOVERED, Kind.COUNT)
