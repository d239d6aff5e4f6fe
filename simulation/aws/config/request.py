"""Parts that the actions of AWS Config's API share: paging and access."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moto.config.exceptions import InvalidNextTokenException, NoSuchConfigurationAggregatorException
from moto.config.models import ConfigAggregator
from moto.config.responses import ConfigResponse

from simulation.aws.config.service import ConfigService

Action = Callable[[ConfigResponse], str]

DEFAULT_PAGE = 50


def aggregator(service: ConfigService, request: ConfigResponse) -> ConfigAggregator:
    """Returns the aggregator that the request names, which must exist."""
    found = service.backend(request.region).config_aggregators.get(request._get_param("ConfigurationAggregatorName"))
    if found is None:
        raise NoSuchConfigurationAggregatorException()
    return found


def among(service: ConfigService, members: Mapping[str, ConfigService], asked: ConfigAggregator) -> list[ConfigService]:
    """Returns an aggregator's accounts: its own, or all of the organization's."""
    return [service, *members.values()] if asked.organization_aggregation_source else [service]


def page(request: ConfigResponse, name: str, found: Sequence[Any], empty_first: bool = False, **more: Any) -> str:
    """Returns the page of `found` that the request asks for, and `more` that every page has."""
    token, limit = request._get_param("NextToken"), request._get_param("Limit") or DEFAULT_PAGE
    if token is None and empty_first and found:
        return json.dumps({name: [], "NextToken": "0", **more})
    if token is not None and not token.isdigit():
        raise InvalidNextTokenException()
    start = int(token or 0)
    answer: dict[str, Any] = {name: found[start : start + limit], **more}
    if start + limit < len(found):
        answer["NextToken"] = str(start + limit)
    return json.dumps(answer)
