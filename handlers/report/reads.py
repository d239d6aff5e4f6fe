"""What a report reads, page by page: results and resources from AWS Config, findings from the register.

A page may be empty and still have a successor: only a missing token ends a read.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from handlers.common import clients
from handlers.common.events import NOT_APPLICABLE
from handlers.common.findings import Finding
from handlers.common.names import physical_name
from handlers.common.register import Register
from handlers.common.rule import Rule
from handlers.report.environment import ReportEnvironment

PAGE = 100  # the most these calls give at once

Resource = tuple[str, str]
"""Type and id, in Config's spelling."""


class Kind(StrEnum):
    """The reads; RESULTS has the compliant and non-compliant ones, as the aggregator keeps no others."""

    RESULTS = "RESULTS"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    DISCOVERED = "DISCOVERED"
    COUNT = "COUNT"
    FINDINGS = "FINDINGS"


@dataclass(frozen=True)
class Read:
    """One paged read; its subject is a rule's name, a resource type, or nothing for the register."""

    kind: Kind
    subject: str = ""
    region: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.subject, self.region) if part)


@dataclass(frozen=True)
class Result:
    """Config's latest word on one resource under one rule."""

    resource: Resource
    compliance_type: str
    ordering: datetime
    recorded: datetime
    invoked: datetime


@dataclass(frozen=True)
class Page:
    """What one call gave; `token` is None after the last page."""

    token: str | None = None
    results: list[Result] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    count: int = 0


def plan(rules: Iterable[Rule], regions: Iterable[str]) -> list[Read]:
    """Every read a report needs, in a fixed order: a resource type that several rules judge is read once."""
    listed, places = list(rules), list(regions)
    types = sorted({kind for rule in listed for kind in rule.resource_types})
    by_rule = [Read(kind, rule.name, place) for place in places for rule in listed for kind in BY_RULE]
    by_type = [Read(kind, each, place) for place in places for each in types for kind in BY_TYPE]
    return [*by_rule, *by_type, Read(Kind.FINDINGS)]


BY_RULE = (Kind.RESULTS, Kind.NOT_APPLICABLE)
BY_TYPE = (Kind.DISCOVERED, Kind.COUNT)


@dataclass(frozen=True)
class Reader:
    """Makes the calls; it answers one page at a time and keeps nothing."""

    environment: ReportEnvironment

    def page(self, read: Read, token: str | None) -> Page:
        """The page that the token leads to; without one, the first."""
        by_kind: dict[Kind, Callable[[Read, str | None], Page]] = {
            Kind.RESULTS: self._results,
            Kind.NOT_APPLICABLE: self._not_applicable,
            Kind.DISCOVERED: self._discovered,
            Kind.COUNT: self._count,
            Kind.FINDINGS: self._findings,
        }
        return by_kind[read.kind](read, token)

    def _results(self, read: Read, token: str | None) -> Page:
        answer = clients.config_service().get_aggregate_compliance_details_by_config_rule(
            ConfigurationAggregatorName=self.environment.aggregator,
            ConfigRuleName=self._physical(read.subject),
            AccountId=self.environment.account,
            AwsRegion=read.region,
            Limit=PAGE,
            **_next(token),
        )
        return Page(answer.get("NextToken"), results=[_result(found) for found in answer["AggregateEvaluationResults"]])

    def _not_applicable(self, read: Read, token: str | None) -> Page:
        wanted: Any = [NOT_APPLICABLE]
        answer = clients.config_service(read.region).get_compliance_details_by_config_rule(
            ConfigRuleName=self._physical(read.subject), ComplianceTypes=wanted, Limit=PAGE, **_next(token)
        )
        return Page(answer.get("NextToken"), results=[_result(found) for found in answer["EvaluationResults"]])

    def _discovered(self, read: Read, token: str | None) -> Page:
        resource_type: Any = read.subject
        answer = clients.config_service().list_aggregate_discovered_resources(
            ConfigurationAggregatorName=self.environment.aggregator,
            ResourceType=resource_type,
            Filters={"AccountId": self.environment.account, "Region": read.region},
            Limit=PAGE,
            **_next(token),
        )
        found = [(each["ResourceType"], each["ResourceId"]) for each in answer["ResourceIdentifiers"]]
        return Page(answer.get("NextToken"), resources=[(str(kind), identity) for kind, identity in found])

    def _count(self, read: Read, _token: str | None) -> Page:
        resource_type: Any = read.subject
        answer = clients.config_service().get_aggregate_discovered_resource_counts(
            ConfigurationAggregatorName=self.environment.aggregator,
            Filters={"ResourceType": resource_type, "AccountId": self.environment.account, "Region": read.region},
        )
        return Page(count=answer["TotalDiscoveredResources"])

    def _findings(self, _read: Read, token: str | None) -> Page:
        register = Register(clients.dynamodb(), self.environment.findings_table)
        found, following = register.page(json.loads(token) if token else None)
        return Page(json.dumps(following) if following else None, findings=found)

    def _physical(self, rule: str) -> str:
        return physical_name(rule, self.environment.environment, self.environment.environment_suffix)


def _next(token: str | None) -> Any:
    return {"NextToken": token} if token else {}


def _result(found: Any) -> Result:
    identifier = found["EvaluationResultIdentifier"]
    qualifier = identifier["EvaluationResultQualifier"]
    return Result(
        resource=(qualifier["ResourceType"], qualifier["ResourceId"]),
        compliance_type=found["ComplianceType"],
        ordering=identifier["OrderingTimestamp"],
        recorded=found["ResultRecordedTime"],
        invoked=found.get("ConfigRuleInvokedTime", found["ResultRecordedTime"]),
    )
