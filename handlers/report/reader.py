"""Makes the calls of a report's reads."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.common.model.events import NOT_APPLICABLE
from handlers.common.model.results import Result
from handlers.common.model.rule import Rule, rules_in
from handlers.common.model.waiver import Scope
from handlers.common.runtime import clients
from handlers.common.runtime.naming import is_organization_rule
from handlers.common.stores import evaluations, open_cases
from handlers.common.stores.batch_reads import KEYS_A_CALL
from handlers.common.stores.findings_table import FindingsTable
from handlers.common.stores.journal import Journal
from handlers.report.environment import ReportEnvironment
from handlers.report.reads import Kind, Page, Read
from handlers.report.waived import query, waived

if TYPE_CHECKING:
    from types_boto3_config import ConfigServiceClient

PAGE = 100  # the most these calls give at once


@dataclass(frozen=True)
class Reader:
    """Makes the calls; it answers one page at a time and keeps nothing.

    `rules` are those in force by name, `scopes` the exclusions and the waivers in force.
    """

    environment: ReportEnvironment
    rules: Mapping[str, Rule]
    scopes: Collection[Scope] = ()

    def page(self, read: Read, token: str | None) -> Page:
        """Returns the page that the token leads to; without one, the first."""
        by_kind: dict[Kind, Callable[[Read, str | None], Page]] = {
            Kind.MEMBERS: self._members,
            Kind.RESULTS: self._results,
            Kind.NOT_APPLICABLE: self._not_applicable,
            Kind.DISCOVERED: self._discovered,
            Kind.COUNT: self._count,
            Kind.FINDINGS: self._findings,
            Kind.TAGGED: self._tagged,
            Kind.EVALUATED: self._evaluated,
            Kind.OPEN_CASES: self._open_cases,
        }
        return by_kind[read.kind](read, token)

    def _members(self, _read: Read, token: str | None) -> Page:
        answer = _config().describe_aggregate_compliance_by_config_rules(
            ConfigurationAggregatorName=self.environment.aggregator, Limit=PAGE, **_next(token)
        )
        found = [
            Read(Kind.RESULTS, rule, each["AwsRegion"], each["AccountId"], each["ConfigRuleName"])
            for each in answer.get("AggregateComplianceByConfigRules", [])
            if self._is_member_rule(each)
            for rule in self.rules
            if is_organization_rule(each["ConfigRuleName"], self.environment.config_rule(rule))
        ]
        return Page(answer.get("NextToken"), reads=found)

    def _results(self, read: Read, token: str | None) -> Page:
        answer = _config().get_aggregate_compliance_details_by_config_rule(
            ConfigurationAggregatorName=self.environment.aggregator,
            ConfigRuleName=read.config_rule,
            AccountId=read.account,
            AwsRegion=read.region,
            Limit=PAGE,
            **_next(token),
        )
        return Page(answer.get("NextToken"), results=_results(answer.get("AggregateEvaluationResults")))

    def _not_applicable(self, read: Read, token: str | None) -> Page:
        # Of a periodic rule all: nobody says when AWS Config evaluates it, and the aggregator may keep the time of a
        # result that did not change.
        rule = self.rules.get(read.subject)
        wanted: Any = {} if rule is not None and rule.periodic else {"ComplianceTypes": [NOT_APPLICABLE]}
        answer = _config(read.region).get_compliance_details_by_config_rule(
            ConfigRuleName=read.config_rule, Limit=PAGE, **wanted, **_next(token)
        )
        return Page(answer.get("NextToken"), results=_results(answer.get("EvaluationResults")))

    def _discovered(self, read: Read, token: str | None) -> Page:
        resource_type: Any = read.subject
        answer = _config().list_aggregate_discovered_resources(
            ConfigurationAggregatorName=self.environment.aggregator,
            ResourceType=resource_type,
            Filters=self._filters(Region=read.region),
            Limit=PAGE,
            **_next(token),
        )
        found = [
            (each["SourceAccountId"], str(each["ResourceType"]), each["ResourceId"], each.get("ResourceName"))
            for each in answer.get("ResourceIdentifiers", [])
            if self.environment.monitors(each["SourceAccountId"])
        ]
        return Page(answer.get("NextToken"), resources=found)

    def _count(self, read: Read, token: str | None) -> Page:
        grouping: Any = {"GroupByKey": "ACCOUNT_ID"} if self.environment.members else {}
        answer = _config().get_aggregate_discovered_resource_counts(
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
        register = FindingsTable(clients.dynamodb(), self.environment.findings_table)
        found, following = register.page(json.loads(token) if token else None)
        return Page(json.dumps(following) if following else None, findings=found)

    def _tagged(self, read: Read, token: str | None) -> Page:
        scope_id, _, resource_type = read.subject.partition(" ")
        scope = next((each for each in self.scopes if each.id == scope_id), None)
        if scope is None:
            # Taken away by a deployment that came between two parts of the report.
            return Page()
        answer = _config().select_aggregate_resource_config(
            ConfigurationAggregatorName=self.environment.aggregator,
            Expression=query(scope, resource_type),
            Limit=PAGE,
            **_next(token),
        )
        return Page(answer.get("NextToken"), waived=list(waived(scope, map(json.loads, answer.get("Results", [])))))

    def _evaluated(self, read: Read, token: str | None) -> Page:
        there = sorted(rules_in(read.region, self.environment.home_region, self.rules))
        start = int(token or 0)
        end = start + KEYS_A_CALL
        found = evaluations.noted(self._journal(), [(rule, read.region) for rule in there[start:end]])
        return Page(str(end) if end < len(there) else None, evaluated=list(found))

    def _open_cases(self, _read: Read, _token: str | None) -> Page:
        return Page(open_cases=open_cases.listed(self._journal(), *self.environment.remediated))

    def _journal(self) -> Journal:
        return Journal(clients.dynamodb(), self.environment.journal_table)

    def _is_member_rule(self, found: Any) -> bool:
        """Returns whether a rule is another monitored account's, in a monitored region."""
        if not all(found.get(name) for name in ("AccountId", "AwsRegion", "ConfigRuleName")):
            return False
        account = found["AccountId"]
        other = account != self.environment.account and self.environment.monitors(account)
        return other and found["AwsRegion"] in self.environment.regions

    def _filters(self, **given: str) -> Any:
        return given if self.environment.members else given | {"AccountId": self.environment.account}


def _config(region: str | None = None) -> "ConfigServiceClient":
    """AWS Config, which may take long over an aggregator of many accounts."""
    return clients.config_service(region, read_seconds=clients.SLOW_READ_SECONDS)


def _next(token: str | None) -> Any:
    return {"NextToken": token} if token else {}


def _results(found: Any) -> list[Result]:
    return [Result.of(each) for each in found or []]
