"""Configuration items, read from the aggregator, whose API has resource-level permissions."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.runtime import clients
from handlers.common.runtime.errors import ComplianceMonitorError

Document = dict[str, Any]


class NotRecordedError(ComplianceMonitorError, LookupError):
    """AWS Config has no configuration item of the resource."""


def tags_of(aggregator: str, account: str, region: str, resource_type: str, resource_id: str) -> Mapping[str, str]:
    """Returns a resource's last recorded tags; empty for a resource that is not recorded."""
    try:
        tags: Mapping[str, str] = item_of(aggregator, account, region, resource_type, resource_id)["tags"]
    except NotRecordedError:
        return {}
    return tags


def item_of(aggregator: str, account: str, region: str, resource_type: str, resource_id: str) -> Document:
    """Returns the latest recorded item, with `configuration` as an object; raises NotRecordedError.

    {"resourceName": …, "configurationItemStatus": …, "tags": {key: value}, "configuration": {…}, …}, as in
    GetAggregateResourceConfig of the AWS Config API Reference.
    """
    identity: Any = {
        "SourceAccountId": account,
        "SourceRegion": region,
        "ResourceType": resource_type,
        "ResourceId": resource_id,
    }
    try:
        answer = clients.config_service().get_aggregate_resource_config(
            ConfigurationAggregatorName=aggregator, ResourceIdentifier=identity
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotDiscoveredException":
            raise NotRecordedError(f"{resource_type} {resource_id} in {region} is not recorded") from error
        raise
    item: Document = dict(answer.get("ConfigurationItem") or {})
    if not item:
        raise NotRecordedError(f"AWS Config returned no configuration item of {resource_type} {resource_id}")
    return item | {"configuration": json.loads(item.get("configuration") or "{}"), "tags": item.get("tags") or {}}
