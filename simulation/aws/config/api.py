"""The AWS Config calls that moto lacks, as actions of its response class.

moto finds an action by its snake-case name on ConfigResponse. Pages have the requested size. The aggregator's first
page is empty and has a NextToken, as AWS documents that pages may be.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.config.exceptions import NoSuchConfigRuleException
from moto.config.responses import ConfigResponse

from handlers.common.model.events import COMPLIANT, NON_COMPLIANT
from simulation.aws.config import aggregate
from simulation.aws.config.item import Key
from simulation.aws.config.news import Result
from simulation.aws.config.request import Action, aggregator, among, page
from simulation.aws.config.service import ConfigService


def actions(service: ConfigService, members: Mapping[str, ConfigService]) -> dict[str, Action]:
    """Returns the actions by moto's names for them; `members` are the organization's other accounts."""

    def accounts(request: ConfigResponse, account: str | None) -> list[ConfigService]:
        """Returns the aggregator's accounts, or the requested one of them."""
        known = among(service, members, aggregator(service, request))
        return [each for each in known if account in (None, each.account)]

    def start_config_rules_evaluation(request: ConfigResponse) -> str:
        names = request._get_param("ConfigRuleNames")
        for name in names:
            _require_rule(service, request.region, name)
        service.start_evaluation(request.region, names)
        return "{}"

    def describe_config_rule_evaluation_status(request: ConfigResponse) -> str:
        names = request._get_param("ConfigRuleNames") or list(service.backend(request.region).config_rules)
        return page(request, "ConfigRulesEvaluationStatus", [_status(service, request.region, name) for name in names])

    def get_compliance_details_by_config_rule(request: ConfigResponse) -> str:
        name = request._get_param("ConfigRuleName")
        _require_rule(service, request.region, name)
        types = request._get_param("ComplianceTypes")
        results = [
            _result(name, key, result, result.invoked)
            for key, result in service.results(request.region, name).items()
            if not types or result.compliance_type in types
        ]
        return page(request, "EvaluationResults", results)

    def get_aggregate_compliance_details_by_config_rule(request: ConfigResponse) -> str:
        name, region = request._get_param("ConfigRuleName"), request._get_param("AwsRegion")
        account, compliance_type = request._get_param("AccountId"), request._get_param("ComplianceType")
        types = [compliance_type] if compliance_type else [COMPLIANT, NON_COMPLIANT]
        results = [
            _result(name, key, result, result.aggregated) | {"AccountId": account, "AwsRegion": region}
            for each in accounts(request, account)
            for key, result in each.results(region, name).items()
            if result.compliance_type in types
        ]
        return page(request, "AggregateEvaluationResults", results, empty_first=True)

    def list_aggregate_discovered_resources(request: ConfigResponse) -> str:
        filters = request._get_param("Filters")
        identifiers = [
            {
                "SourceAccountId": each.account,
                "SourceRegion": filters["Region"],
                "ResourceType": item.resource_type,
                "ResourceId": item.resource_id,
                "ResourceName": item.document.get("resourceName"),
            }
            for each in accounts(request, filters.get("AccountId"))
            for item in each.discovered(filters["Region"], request._get_param("ResourceType"))
        ]
        return page(request, "ResourceIdentifiers", identifiers, empty_first=True)

    def get_aggregate_discovered_resource_counts(request: ConfigResponse) -> str:
        filters = request._get_param("Filters")
        counts = {
            each.account: sum(
                len(each.discovered(region, filters["ResourceType"]))
                for region in ([filters["Region"]] if "Region" in filters else each.recorded_regions())
            )
            for each in accounts(request, filters.get("AccountId"))
        }
        if request._get_param("GroupByKey") != "ACCOUNT_ID":
            return json.dumps({"TotalDiscoveredResources": sum(counts.values())})
        groups = [{"GroupName": name, "ResourceCount": count} for name, count in counts.items() if count]
        total = sum(counts.values())
        return page(request, "GroupedResourceCounts", groups, TotalDiscoveredResources=total, GroupByKey="ACCOUNT_ID")

    def describe_aggregate_compliance_by_config_rules(request: ConfigResponse) -> str:
        rules = [
            {"ConfigRuleName": name, "AccountId": each.account, "AwsRegion": region}
            for each in accounts(request, None)
            for region in each.recorded_regions()
            for name in each.backend(region).config_rules
        ]
        return page(request, "AggregateComplianceByConfigRules", rules, empty_first=True)

    known = (
        describe_aggregate_compliance_by_config_rules,
        start_config_rules_evaluation,
        describe_config_rule_evaluation_status,
        get_compliance_details_by_config_rule,
        get_aggregate_compliance_details_by_config_rule,
        get_aggregate_discovered_resource_counts,
        list_aggregate_discovered_resources,
        *aggregate.actions(service, members),
    )
    return {action.__name__: _gated(service, action) for action in known}


def _gated(service: ConfigService, action: Action) -> Action:
    """Returns the action behind the service's gate, which can throttle, fail or delay it."""

    def gated(request: ConfigResponse) -> str:
        service.gate(action.__name__)
        return action(request)

    return gated


def _require_rule(service: ConfigService, region: str, name: str) -> None:
    if name not in service.backend(region).config_rules:
        raise NoSuchConfigRuleException(name)


def _status(service: ConfigService, region: str, name: str) -> dict[str, Any]:
    times = [result.invoked.timestamp() for result in service.results(region, name).values()]
    return {"ConfigRuleName": name} | ({"LastSuccessfulEvaluationTime": max(times)} if times else {})


def _result(rule: str, key: Key, result: Result, invoked: datetime) -> dict[str, Any]:
    qualifier = {"ConfigRuleName": rule, "ResourceType": key[0], "ResourceId": key[1]}
    return {
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": qualifier,
            "OrderingTimestamp": result.ordering.timestamp(),
        },
        "ComplianceType": result.compliance_type,
        "ResultRecordedTime": result.recorded.timestamp(),
        "ConfigRuleInvokedTime": invoked.timestamp(),
    }
