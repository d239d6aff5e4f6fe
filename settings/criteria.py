"""Criteria of the own rules, and the accounts to which they apply."""

from dataclasses import dataclass
from typing import Literal

from handlers.common.model import s3_keys
from handlers.common.model.s3_keys import ANY, CUSTOMER
from settings import fields as values
from settings.own_rules import RuleSettings
from settings.sections import OrganizationSettings

ACCOUNT, ORGANIZATION = "account", "organization"
Aggregator = Literal["account", "organization"]


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Parameters of the own rules, and the account that they apply to."""

    approved_instance_types: tuple[str, ...]
    minimum_rds_backup_retention_days: int
    s3_keys: str | tuple[str, ...]
    account_id: str


def criteria(rules: RuleSettings, account_id: str) -> Criteria:
    """Returns the criteria from the rules' tables."""
    return Criteria(
        approved_instance_types=rules.ec2_instance_type_approved.approved_instance_types,
        minimum_rds_backup_retention_days=rules.rds_backup_retention_minimum.minimum_days,
        s3_keys=rules.s3_bucket_default_encryption_kms.keys,
        account_id=account_id,
    )


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
