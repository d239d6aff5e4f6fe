"""The API calls of a report's reads."""

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

PAGE = 100  # maximum of these calls


@dataclass(frozen=True)
class Reader:
    """Makes the API calls, one page at a time; it has no state.

    `rules` are the enabled rules by name, `scopes` the exclusions and the waivers in force.
    """

    environment: ReportEnvironment
    rules: Mapping[str, Rule]
    scopes: Collection[Scope] = ()

    def page(self, read: Read, token: str | None) -> Page:
        """Returns the page of a token; without a token, the first page."""
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
        reads = [
            Read(Kind.RESULTS, rule, each["AwsRegion"], each["AccountId"], each["ConfigRuleName"])
            for each in answer.get("AggregateComplianceByConfigRules", [])
            if self._is_member_rule(each)
            for rule in self.rules
            if is_organization_rule(each["ConfigRuleName"], self.environment.config_rule(rule))
        ]
        return Page(answer.get("NextToken"), reads=reads)

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
        # All results of periodic rules: no event has the time of their evaluation, and the aggregator may not update
        # the time of an unchanged result.
        rule = self.rules.get(read.subject)
        compliance: Any = {} if rule is not None and rule.periodic else {"ComplianceTypes": [NOT_APPLICABLE]}
        answer = _config(read.region).get_compliance_details_by_config_rule(
            ConfigRuleName=read.config_rule, Limit=PAGE, **compliance, **_next(token)
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
        resources = [
            (each["SourceAccountId"], str(each["ResourceType"]), each["ResourceId"], each.get("ResourceName"))
            for each in answer.get("ResourceIdentifiers", [])
            if self.environment.monitors(each["SourceAccountId"])
        ]
        return Page(answer.get("NextToken"), resources=resources)

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
        table = FindingsTable(clients.dynamodb(), self.environment.findings_table)
        findings, start = table.page(json.loads(token) if token else None)
        return Page(json.dumps(start) if start else None, findings=findings)

    def _tagged(self, read: Read, token: str | None) -> Page:
        scope_id, _, resource_type = read.subject.partition(" ")
        scope = next((each for each in self.scopes if each.id == scope_id), None)
        if scope is None:
            # Removed by a deployment between two parts of the report.
            return Page()
        answer = _config().select_aggregate_resource_config(
            ConfigurationAggregatorName=self.environment.aggregator,
            Expression=query(scope, resource_type),
            Limit=PAGE,
            **_next(token),
        )
        return Page(answer.get("NextToken"), waived=list(waived(scope, map(json.loads, answer.get("Results", [])))))

    def _evaluated(self, read: Read, token: str | None) -> Page:
        rules = sorted(rules_in(read.region, self.environment.home_region, self.rules))
        start = int(token or 0)
        end = start + KEYS_A_CALL
        evaluated = evaluations.noted(self._journal(), [(rule, read.region) for rule in rules[start:end]])
        return Page(str(end) if end < len(rules) else None, evaluated=list(evaluated))

    def _open_cases(self, _read: Read, _token: str | None) -> Page:
        return Page(open_cases=open_cases.listed(self._journal(), *self.environment.remediated))

    def _journal(self) -> Journal:
        return Journal(clients.dynamodb(), self.environment.journal_table)

    def _is_member_rule(self, compliance: Any) -> bool:
        """Returns whether the rule is in another monitored account and in a monitored region."""
        if not all(compliance.get(name) for name in ("AccountId", "AwsRegion", "ConfigRuleName")):
            return False
        account = compliance["AccountId"]
        is_member = account != self.environment.account and self.environment.monitors(account)
        return is_member and compliance["AwsRegion"] in self.environment.regions

    def _filters(self, **filters: str) -> Any:
        return filters if self.environment.members else filters | {"AccountId": self.environment.account}


def _config(region: str | None = None) -> "ConfigServiceClient":
    """Returns a client with a long timeout, because aggregators of many accounts are slow."""
    return clients.config_service(region, read_seconds=clients.SLOW_READ_SECONDS)


def _next(token: str | None) -> Any:
    return {"NextToken": token} if token else {}


def _results(results: Any) -> list[Result]:
    return [Result.of(each) for each in results or []]
