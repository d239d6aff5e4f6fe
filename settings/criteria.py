"""Criteria of the own rules, and the accounts to which they apply."""

from typing import Literal

from handlers.common.model.criteria import Criteria
from handlers.rules import RULES
from settings import fields as values
from settings.own_rules import RuleSettings
from settings.sections import OrganizationSettings

ACCOUNT, ORGANIZATION = "account", "organization"
Aggregator = Literal["account", "organization"]


def criteria(rules: RuleSettings, account_id: str, own_key: str) -> dict[str, Criteria]:
    """Returns the criteria of the own rules by name, from their tables."""
    return {name: Criteria(rules.of(name).values(), account_id, own_key) for name in RULES}


def of_aggregator(given: OrganizationSettings | None, aggregator: str | None) -> OrganizationSettings | None:
    """Returns the table [organization]; rejects it without an organization aggregator, and vice versa."""
    if aggregator == ACCOUNT and given is not None:
        raise values.refused("has no effect", f'aggregator = "{ORGANIZATION}", or no [organization]')
    if aggregator == ORGANIZATION and given is None:
        raise values.refused("missing", '[organization] with id = "o-…"')
    return given
