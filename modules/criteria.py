"""What rules are filled with."""

from dataclasses import dataclass

from handlers.common.s3_keys import ACCOUNT, ANY, CUSTOMER
from modules import values
from modules.tables import RulesSettings


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """The table [rules], and the account whose resources it is for."""

    approved_instance_types: tuple[str, ...]
    minimum_rds_backup_retention_days: int
    s3_keys: str | tuple[str, ...]
    account_id: str


def for_accounts(rules: RulesSettings, organization: bool) -> RulesSettings:
    """The table itself; refuses keys of one account for an organization, all of whose accounts get the same policy."""
    if organization and rules.s3_keys == ACCOUNT:
        allowed = f"{ANY}, {CUSTOMER}, or a list of ARNs of keys and aliases"
        what = 'is for one account, and aggregator is "organization"'
        raise values.refused_all([values.Problem(("s3_keys",), rules.s3_keys, what, allowed)])
    return rules
