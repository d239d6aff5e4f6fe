"""The KMS keys with which buckets may be encrypted: the setting `keys`, for the policy and the remediation."""

import re
from collections.abc import Iterable, Sequence

from handlers.common.model import guard

ANY, CUSTOMER, ACCOUNT = "any", "customer", "account"
"""Values of `keys` other than a list: any KMS key, a customer managed one, or one of the bucket's account."""

# Guard's patterns are between slashes, and its parser does not accept an escaped one at the end.
KEY_ID = "([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})"
ALIAS = r"alias\/[0-9A-Za-z_\/-]+"
AWS_MANAGED = r"(^|:)alias\/aws\/."

MANAGED_ALIAS = "alias/aws/s3"
"""The alias of the AWS managed key, with which S3 encrypts if a bucket does not name a key."""


def clauses(keys: str | Sequence[str], account: str) -> list[str]:
    """Returns the conditions of a Guard policy on `kmsMasterKeyID`."""
    if keys == ANY:
        return []
    if isinstance(keys, str):
        # A missing id, null or "null" does not match the pattern of a customer managed key.
        pattern = _customer_managed(_account(keys, account))
        return ["kmsMasterKeyID !is_list", f"kmsMasterKeyID == /{pattern}/", f"kmsMasterKeyID != /{AWS_MANAGED}/"]
    named = f"kmsMasterKeyID in {guard.one_of(map(guard.text, accepted_forms(keys, account)))}"
    if not any(map(is_managed, keys)):
        return ["kmsMasterKeyID !is_list", named]
    return [
        "kmsMasterKeyID not exists or kmsMasterKeyID !is_list",
        f'kmsMasterKeyID not exists or kmsMasterKeyID in [null, "null", ""] or {named}',
    ]


def will_do(key: str, keys: str | Sequence[str], account: str) -> bool:
    """Returns whether a bucket of an account may be encrypted with a key; the key may have any form."""
    if keys == ANY:
        return True
    if isinstance(keys, str):
        pattern = _customer_managed(_account(keys, account))
        return re.fullmatch(pattern, key) is not None and re.search(AWS_MANAGED, key) is None
    return key in accepted_forms(keys, account)


def is_managed(key: str) -> bool:
    """Returns whether an alias or its ARN is that of the AWS managed key aws/s3."""
    return key.rpartition(":")[2] == MANAGED_ALIAS


def accepted_forms(allowed_keys: Iterable[str], account: str) -> list[str]:
    """Returns each allowed key or alias ARN and its short form. S3 keeps the form that the bucket's owner wrote.

    A short alias belongs to the bucket's account, so aliases of other accounts have no short form.
    The deployment's own key is a reference that Terraform resolves later. Its buckets use this form only.
    """
    return [form for arn in allowed_keys for form in dict.fromkeys((arn, _short(arn, account)))]


def _short(arn: str, account: str) -> str:
    name = arn.rpartition(":")[2]
    foreign = name.startswith("alias/") and name != MANAGED_ALIAS and f":{account}:" not in arn
    return arn if foreign else name.removeprefix("key/")


def _customer_managed(account: str) -> str:
    """Returns a pattern, for Guard and Python, of a key's id or alias, or the ARN of either in an account."""
    arn = rf"arn:aws[a-z-]*:kms:[a-z0-9-]+:{account}:"
    return rf"^({arn}key\/{KEY_ID}|{KEY_ID}|({arn})?{ALIAS})$"


def _account(keys: str, account: str) -> str:
    return account if keys == ACCOUNT else "[0-9]{12}"
