"""What a report reads, page by page: results and resources from AWS Config, findings from the register.

A page may be empty and still have a successor: only a missing token ends a read.
"""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from handlers.common import clients
from handlers.common.events import NOT_APPLICABLE
from handlers.common.findings import Finding
from handlers.common.names import is_organization_s
from handlers.common.register import Register
from handlers.common.rule import ACCOUNT_TYPE, Rule
from handlers.report.environment import ReportEnvironment

PAGE = 100  # the most these calls give at once

Resource = tuple[str, str]
"""Type and id, in Config's spelling."""

Discovered = tuple[str, str, str, str | None]
"""Account, type, id, and the name that Config has recorded."""


class Kind(StrEnum):
    """The reads; RESULTS has the compliant and non-compliant ones, as the aggregator keeps no others.

    MEMBERS has the rules that judge something in the organization's other accounts.
    """

    MEMBERS = "MEMBERS"
    RESULTS = "RESULTS"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    DISCOVERED = "DISCOVERED"
    COUNT = "COUNT"
    FINDINGS = "FINDINGS"


@dataclass(frozen=True)
class Read:
    """One paged read; its subject is a rule's name, a resource type, or nothing for the register and the members.

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
class Result:
    """Config's latest word on one resource under one rule."""

    resource: Resource
    compliance_type: str
    ordering: datetime
    recorded: datetime
    invoked: datetime


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
    count: int = 0


def plan(rules: Iterable[Rule], environment: ReportEnvironment) -> list[Read]:
    """Every read that is known beforehand, in a fixed order: a type that several rules judge is read once."""
    listed, places = list(rules), environment.regions
    types = sorted({kind for rule in listed for kind in rule.resource_types} - {ACCOUNT_TYPE})
    own = [
        Read(kind, rule.name, place, environment.account, environment.config_rule(rule.name))
        for place in places
        for rule in listed
        for kind in BY_RULE
    ]
    by_type = [Read(kind, each, place) for place in places for each in types for kind in BY_TYPE]
    members = [Read(Kind.MEMBERS)] if environment.members else []
    return [*own, *members, *by_type, Read(Kind.FINDINGS)]


BY_RULE = (Kind.RESULTS, Kind.NOT_APPLICABLE)
BY_TYPE = (Kind.DISCOVERED, Kind.COUNT)


@dataclass(frozen=True)
class Reader:
    """Makes the calls; it answers one page at a time and keeps nothing. `rules` are the names of those in force."""

    environment: ReportEnvironment
    rules: Collection[str]

    def page(self, read: Read, token: str | None) -> Page:
        """The page that the token leads to; without one, the first."""
        by_kind: dict[Kind, Callable[[Read, str | None], Page]] = {
            Kind.MEMBERS: self._members,
            Kind.RESULTS: self._results,
            Kind.NOT_APPLICABLE: self._not_applicable,
            Kind.DISCOVERED: self._discovered,
            Kind.COUNT: self._count,
            Kind.FINDINGS: self._findings,
        }
        return by_kind[read.kind](read, token)

    def _members(self, _read: Read, token: str | None) -> Page:
        answer = clients.config_service().describe_aggregate_compliance_by_config_rules(
            ConfigurationAggregatorName=self.environment.aggregator, Limit=PAGE, **_next(token)
        )
        found = [
            Read(Kind.RESULTS, rule, each["AwsRegion"], each["AccountId"], each["ConfigRuleName"])
            for each in answer["AggregateComplianceByConfigRules"]
            if self._is_a_member_s(each)
            for rule in self.rules
            if is_organization_s(each["ConfigRuleName"], self.environment.config_rule(rule))
        ]
        return Page(answer.get("NextToken"), reads=found)

    def _results(self, read: Read, token: str | None) -> Page:
        answer = clients.config_service().get_aggregate_compliance_details_by_config_rule(
            ConfigurationAggregatorName=self.environment.aggregator,
            ConfigRuleName=read.config_rule,
            AccountId=read.account,
            AwsRegion=read.region,
            Limit=PAGE,
            **_next(token),
        )
        return Page(answer.get("NextToken"), results=[_result(found) for found in answer["AggregateEvaluationResults"]])

    def _not_applicable(self, read: Read, token: str | None) -> Page:
        wanted: Any = [NOT_APPLICABLE]
        answer = clients.config_service(read.region).get_compliance_details_by_config_rule(
            ConfigRuleName=read.config_rule, ComplianceTypes=wanted, Limit=PAGE, **_next(token)
        )
        return Page(answer.get("NextToken"), results=[_result(found) for found in answer["EvaluationResults"]])

    def _discovered(self, read: Read, token: str | None) -> Page:
        resource_type: Any = read.subject
        answer = clients.config_service().list_aggregate_discovered_resources(
            ConfigurationAggregatorName=self.environment.aggregator,
            ResourceType=resource_type,
            Filters=self._filters(Region=read.region),
            Limit=PAGE,
            **_next(token),
        )
        found = [
            (each["SourceAccountId"], str(each["ResourceType"]), each["ResourceId"], each.get("ResourceName"))
            for each in answer["ResourceIdentifiers"]
            if self.environment.monitors(each["SourceAccountId"])
        ]
        return Page(answer.get("NextToken"), resources=found)

    def _count(self, read: Read, token: str | None) -> Page:
        grouping: Any = {"GroupByKey": "ACCOUNT_ID"} if self.environment.members else {}
        answer = clients.config_service().get_aggregate_discovered_resource_counts(
            ConfigurationAggregatorName=self.environment.aggregator,
            Filters=self._filters(Region=read.region, ResourceType=read.subject),
            **grouping,
            **_next(token),
        )
        if not self.environment.members:
            return Page(count=answer["TotalDiscoveredResources"])
        groups = answer.get("GroupedResourceCounts", [])
        count = sum(each["ResourceCount"] for each in groups if self.environment.monitors(each["GroupName"]))
        return Page(answer.get("NextToken"), count=count)

    def _findings(self, _read: Read, token: str | None) -> Page:
        register = Register(clients.dynamodb(), self.environment.findings_table)
        found, following = register.page(json.loads(token) if token else None)
        return Page(json.dumps(following) if following else None, findings=found)

    def _is_a_member_s(self, found: Any) -> bool:
        """Whether a rule is another monitored account's, in a monitored region."""
        account = found["AccountId"]
        other = account != self.environment.account and self.environment.monitors(account)
        return other and found["AwsRegion"] in self.environment.regions

    def _filters(self, **given: str) -> Any:
        return given if self.environment.members else given | {"AccountId": self.environment.account}


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
