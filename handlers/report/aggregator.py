"""Reads of AWS Config, to the last page: a page may be empty and still have a successor."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.common import clock
from handlers.common.events import NOT_APPLICABLE

if TYPE_CHECKING:
    from types_boto3_config import ConfigServiceClient

PAGE = 100  # the most these calls give at once

Resource = tuple[str, str]
"""Type and id, in Config's spelling."""


@dataclass(frozen=True)
class Result:
    """Config's latest word on one resource under one rule."""

    resource: Resource
    compliance_type: str
    recorded_at: str


@dataclass(frozen=True)
class Source:
    """The aggregator, and the account and region to be read through it."""

    client: "ConfigServiceClient"
    aggregator: str
    account: str
    region: str


def results(source: Source, config_rule: str) -> list[Result]:
    """The compliant and non-compliant results of a rule; the aggregator keeps no others."""
    pages = _pages(
        source.client.get_aggregate_compliance_details_by_config_rule,
        ConfigurationAggregatorName=source.aggregator,
        ConfigRuleName=config_rule,
        AccountId=source.account,
        AwsRegion=source.region,
    )
    return [_result(found) for page in pages for found in page["AggregateEvaluationResults"]]


def not_applicable(client: "ConfigServiceClient", config_rule: str) -> list[Result]:
    """The results of a rule that say "not applicable", asked of the rule in its own region."""
    pages = _pages(
        client.get_compliance_details_by_config_rule, ConfigRuleName=config_rule, ComplianceTypes=[NOT_APPLICABLE]
    )
    return [_result(found) for page in pages for found in page["EvaluationResults"]]


def discovered(source: Source, resource_type: str) -> list[Resource]:
    """The resources of a type that Config has recorded and that still exist."""
    pages = _pages(
        source.client.list_aggregate_discovered_resources,
        ConfigurationAggregatorName=source.aggregator,
        ResourceType=resource_type,
        Filters={"AccountId": source.account, "Region": source.region},
    )
    return [(found["ResourceType"], found["ResourceId"]) for page in pages for found in page["ResourceIdentifiers"]]


def _pages(call: Callable[..., Any], **arguments: Any) -> Iterator[Any]:
    token: dict[str, str] = {}
    while True:
        page = call(Limit=PAGE, **arguments, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _result(found: Any) -> Result:
    qualifier = found["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
    return Result(
        resource=(qualifier["ResourceType"], qualifier["ResourceId"]),
        compliance_type=found["ComplianceType"],
        recorded_at=clock.stamp(found["ResultRecordedTime"]),
    )
