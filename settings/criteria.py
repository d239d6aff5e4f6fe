"""Criteria of the own rules, and the accounts to which they apply."""

from typing import Literal

from handlers.common.model.criteria import Criteria
from handlers.rules import RULES
from handlers.rules.s3_bucket_default_encryption_kms import keys as s3_keys
from handlers.rules.s3_bucket_default_encryption_kms.keys import ANY, CUSTOMER
from settings import fields as values
from settings.own_rules import RuleSettings
from settings.sections import OrganizationSettings

ACCOUNT, ORGANIZATION = "account", "organization"
Aggregator = Literal["account", "organization"]


def criteria(rules: RuleSettings, account_id: str, own_key: str) -> dict[str, Criteria]:
    """Returns the criteria of the own rules by name, from their tables."""
    return {name: Criteria(rules.of(name).values(), account_id, own_key) for name in RULES}


def for_accounts(rules: RuleSettings, organization: bool) -> RuleSettings:
    """Returns the tables; rejects keys of one account for an organization, whose accounts have the same policy."""
    keys = rules.s3_bucket_default_encryption_kms.keys
    if organization and keys == s3_keys.ACCOUNT:
        allowed = f"{ANY}, {CUSTOMER}, or a list of ARNs of keys and aliases"
        what = 'applies to one account, but aggregator is "organization"'
        raise values.refused_all([values.Problem(("s3-bucket-default-encryption-kms", "keys"), keys, what, allowed)])
    return rules


def of_aggregator(given: OrganizationSettings | None, aggregator: str | None) -> OrganizationSettings | None:
    """Returns the table [organization]; rejects it without an organization aggregator, and vice versa."""
    if aggregator == ACCOUNT and given is not None:
        raise values.refused("has no effect", f'aggregator = "{ORGANIZATION}", or no [organization]')
    if aggregator == ORGANIZATION and given is None:
        raise values.refused("missing", '[organization] with id = "o-…"')
    return given
