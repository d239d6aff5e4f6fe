"""Paging, and access to aggregators, for the actions of AWS Config's API."""

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
    """Returns the aggregator that the request names; raises NoSuchConfigurationAggregatorException."""
    named = service.backend(request.region).config_aggregators.get(request._get_param("ConfigurationAggregatorName"))
    if named is None:
        raise NoSuchConfigurationAggregatorException()
    return named


def among(service: ConfigService, members: Mapping[str, ConfigService], asked: ConfigAggregator) -> list[ConfigService]:
    """Returns an aggregator's accounts: its own, or all accounts of the organization."""
    return [service, *members.values()] if asked.organization_aggregation_source else [service]


def page(request: ConfigResponse, name: str, entries: Sequence[Any], empty_first: bool = False, **more: Any) -> str:
    """Returns the requested page of `entries`, and `more` that every page has."""
    token, limit = request._get_param("NextToken"), request._get_param("Limit") or DEFAULT_PAGE
    if token is None and empty_first and entries:
        return json.dumps({name: [], "NextToken": "0", **more})
    if token is not None and not token.isdigit():
        raise InvalidNextTokenException()
    start = int(token or 0)
    answer: dict[str, Any] = {name: entries[start : start + limit], **more}
    if start + limit < len(entries):
        answer["NextToken"] = str(start + limit)
    return json.dumps(answer)
