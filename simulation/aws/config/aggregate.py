"""An aggregator's configuration items: of one resource, or of all resources with a tag.

An aggregator returns items of its source accounts and regions only.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.config.exceptions import InvalidLimitException, ResourceNotDiscoveredException
from moto.config.models import ConfigAggregator
from moto.config.responses import ConfigResponse
from moto.core.exceptions import JsonRESTError

from simulation.aws.config.request import Action, aggregator, among, page
from simulation.aws.config.service import ConfigService, Recorded

FIELDS = ("resourceId", "resourceType", "accountId", "awsRegion", "tags")

QUERY = re.compile(
    rf"SELECT {', '.join(FIELDS)} "
    r"WHERE resourceType = '(?P<type>[^']+)' AND tags\.key = '(?P<key>[^']+)' AND tags\.value = '(?P<value>[^']*)'"
)

LARGEST_PAGE = 100


class InvalidExpressionException(JsonRESTError):
    """The simulation supports one form of query; AWS supports more."""

    code = 400

    def __init__(self, expression: str) -> None:
        super().__init__("InvalidExpressionException", f"The simulation supports one form of query, not: {expression}")


def actions(service: ConfigService, members: Mapping[str, ConfigService]) -> tuple[Action, ...]:
    """Returns the actions by moto's names for them; `members` are the organization's other accounts."""

    def get_aggregate_resource_config(request: ConfigResponse) -> str:
        identifier = request._get_param("ResourceIdentifier")
        region, key = identifier["SourceRegion"], (identifier["ResourceType"], identifier["ResourceId"])
        source = aggregator(service, request)
        for each in among(service, members, source):
            aggregated = each.account == identifier["SourceAccountId"] and region in _regions(each, source)
            if aggregated and (recorded := each.recorded(region).get(key)):
                return json.dumps({"ConfigurationItem": _configuration_item(each.account, region, recorded)})
        raise ResourceNotDiscoveredException(*key)

    def select_aggregate_resource_config(request: ConfigResponse) -> str:
        source = aggregator(service, request)
        if (limit := request._get_param("Limit") or 0) > LARGEST_PAGE:
            raise InvalidLimitException(limit)
        expression = " ".join(request._get_param("Expression").split())
        query = QUERY.fullmatch(expression)
        if query is None:
            raise InvalidExpressionException(expression)
        rows = [
            json.dumps(_row(each.account, region, recorded))
            for each in among(service, members, source)
            for region in _regions(each, source)
            for recorded in each.recorded(region).values()
            if _selected(recorded, **query.groupdict())
        ]
        return page(request, "Results", rows, QueryInfo={"SelectFields": [{"Name": name} for name in FIELDS]})

    return get_aggregate_resource_config, select_aggregate_resource_config


def _regions(service: ConfigService, asked: ConfigAggregator) -> list[str]:
    """Returns the recorded regions of an account that are among the aggregator's sources."""
    sources: list[Any] = [
        each for each in asked.account_aggregation_sources or () if service.account in each.account_ids
    ]
    sources += [asked.organization_aggregation_source] if asked.organization_aggregation_source else []
    return [
        region
        for region in service.recorded_regions()
        if any(source.all_aws_regions or region in (source.aws_regions or ()) for source in sources)
    ]


def _configuration_item(account: str, region: str, recorded: Recorded) -> dict[str, Any]:
    """Returns the item in the form of the API, in which type-specific members are JSON strings."""
    document = recorded.item.document
    supplementary = document.get("supplementaryConfiguration") or {}
    answer = {
        "accountId": account,
        "arn": document.get("ARN"),
        "awsRegion": region,
        "resourceType": recorded.item.resource_type,
        "resourceId": recorded.item.resource_id,
        "resourceName": document.get("resourceName"),
        "configurationItemStatus": document.get("configurationItemStatus"),
        "configurationItemCaptureTime": recorded.captured.timestamp(),
        "tags": document.get("tags") or {},
        "configuration": json.dumps(document.get("configuration")),
        "supplementaryConfiguration": {name: json.dumps(value) for name, value in supplementary.items()},
    }
    return {name: value for name, value in answer.items() if value is not None}


def _selected(recorded: Recorded, type: str, key: str, value: str) -> bool:
    """Returns whether a resource has a tag with the key and a tag with the value, which need not be the same tag.

    AWS Config Developer Guide, "Querying the current configuration state", multiple properties within an array.
    """
    tags = recorded.item.document.get("tags") or {}
    return recorded.item.resource_type == type and key in tags and value in tags.values()


def _row(account: str, region: str, recorded: Recorded) -> dict[str, Any]:
    item = recorded.item
    tags = [
        {"key": key, "value": value, "tag": f"{key}={value}"}
        for key, value in sorted((item.document.get("tags") or {}).items())
    ]
    return dict(zip(FIELDS, (item.resource_id, item.resource_type, account, region, tags), strict=True))
