"""The AWS Config calls that moto does not know, as actions of its response class.

moto looks an action up by its snake-case name on ConfigResponse, so a function set there is an action. Pages are of the
size asked for; the aggregator's first page is empty and has a successor, as AWS says its pages may be.
"""

import json
from datetime import datetime
from typing import Any

from moto.config.exceptions import NoSuchConfigRuleException
from moto.config.responses import ConfigResponse

from handlers.common.events import COMPLIANT, NON_COMPLIANT
from simulation.config import aggregate
from simulation.config.item import Key
from simulation.config.request import Action, aggregator, page
from simulation.config.service import ConfigService, Result


def actions(service: ConfigService) -> dict[str, Action]:
    """The actions, by the name under which moto looks for them."""

    def start_config_rules_evaluation(request: ConfigResponse) -> str:
        names = request._get_param("ConfigRuleNames")
        for name in names:
            _known_rule(service, request.region, name)
        service.start_evaluation(request.region, names)
        return "{}"

    def describe_config_rule_evaluation_status(request: ConfigResponse) -> str:
        names = request._get_param("ConfigRuleNames") or list(service.backend(request.region).config_rules)
        return page(request, "ConfigRulesEvaluationStatus", [_status(service, request.region, name) for name in names])

    def get_compliance_details_by_config_rule(request: ConfigResponse) -> str:
        name = request._get_param("ConfigRuleName")
        _known_rule(service, request.region, name)
        wanted = request._get_param("ComplianceTypes")
        found = [
            _result(name, key, result, result.invoked)
            for key, result in service.results(request.region, name).items()
            if not wanted or result.compliance_type in wanted
        ]
        return page(request, "EvaluationResults", found)

    def get_aggregate_compliance_details_by_config_rule(request: ConfigResponse) -> str:
        aggregator(service, request)
        name, region = request._get_param("ConfigRuleName"), request._get_param("AwsRegion")
        account, asked = request._get_param("AccountId"), request._get_param("ComplianceType")
        kept = [asked] if asked else [COMPLIANT, NON_COMPLIANT]
        found = [
            _result(name, key, result, result.aggregated) | {"AccountId": account, "AwsRegion": region}
            for key, result in service.results(region, name).items()
            if result.compliance_type in kept and account == service.account
        ]
        return page(request, "AggregateEvaluationResults", found, empty_first=True)

    def list_aggregate_discovered_resources(request: ConfigResponse) -> str:
        aggregator(service, request)
        filters = request._get_param("Filters")
        found = [
            {
                "SourceAccountId": service.account,
                "SourceRegion": filters["Region"],
                "ResourceType": item.resource_type,
                "ResourceId": item.resource_id,
                "ResourceName": item.document.get("resourceName"),
            }
            for item in service.discovered(filters["Region"], request._get_param("ResourceType"))
            if filters["AccountId"] == service.account
        ]
        return page(request, "ResourceIdentifiers", found, empty_first=True)

    def get_aggregate_discovered_resource_counts(request: ConfigResponse) -> str:
        aggregator(service, request)
        filters = request._get_param("Filters")
        places = [filters["Region"]] if "Region" in filters else service.recorded_regions()
        found = [item for place in places for item in service.discovered(place, filters["ResourceType"])]
        return json.dumps({"TotalDiscoveredResources": len(found) if filters["AccountId"] == service.account else 0})

    known = (
        start_config_rules_evaluation,
        describe_config_rule_evaluation_status,
        get_compliance_details_by_config_rule,
        get_aggregate_compliance_details_by_config_rule,
        get_aggregate_discovered_resource_counts,
        list_aggregate_discovered_resources,
        *aggregate.actions(service),
    )
    return {action.__name__: _watched(service, action) for action in known}


def _watched(service: ConfigService, action: Action) -> Action:
    """The action behind the service's gate, where a test or a demo lets it throttle, fail or take its time."""

    def watched(request: ConfigResponse) -> str:
        service.gate(action.__name__)
        return action(request)

    return watched


def _known_rule(service: ConfigService, region: str, name: str) -> None:
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
