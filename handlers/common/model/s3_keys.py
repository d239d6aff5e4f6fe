"""The KMS keys that buckets may be encrypted with: `keys` of the rule's settings, as policy and remediation need it."""

import re
from collections.abc import Iterable, Sequence

from handlers.common.model import guard

ANY, CUSTOMER, ACCOUNT = "any", "customer", "account"
"""What `keys` may be instead of a list: any KMS key, a customer managed one, or one of the account's own."""

# Guard's patterns stand between slashes, and its parser takes none at the very end.
KEY_ID = "([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})"
ALIAS = r"alias\/[0-9A-Za-z_\/-]+"
AWS_MANAGED = r"(^|:)alias\/aws\/."

MANAGED_ALIAS = "alias/aws/s3"
"""The AWS managed key's, with which S3 encrypts where a bucket names no key."""


def clauses(keys: str | Sequence[str], account: str) -> list[str]:
    """Returns the conditions of a Guard policy on `kmsMasterKeyID`."""
    if keys == ANY:
        return []
    if isinstance(keys, str):
        # A text that is not there, null or "null" is no customer managed key: the pattern says what is one.
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
    """Returns whether a bucket of an account may be encrypted with a key, given in any form."""
    if keys == ANY:
        return True
    if isinstance(keys, str):
        pattern = _customer_managed(_account(keys, account))
        return re.fullmatch(pattern, key) is not None and re.search(AWS_MANAGED, key) is None
    return key in accepted_forms(keys, account)


def is_managed(key: str) -> bool:
    """Returns whether a key, in the form of an alias or its ARN, is the AWS managed key aws/s3."""
    return key.rpartition(":")[2] == MANAGED_ALIAS


def accepted_forms(allowed_keys: Iterable[str], account: str) -> list[str]:
    """Returns each allowed key or alias ARN and its short form: S3 keeps the form that the bucket's owner once wrote.

    An alias without an account is one of the bucket's own account: of another account's it would be another key.
    The system's own key is a reference that Terraform resolves later: it has one form only, and its buckets use that.
    """
    return [form for arn in allowed_keys for form in dict.fromkeys((arn, _short(arn, account)))]


def _short(arn: str, account: str) -> str:
    name = arn.rpartition(":")[2]
    foreign = name.startswith("alias/") and name != MANAGED_ALIAS and f":{account}:" not in arn
    return arn if foreign else name.removeprefix("key/")


def _customer_managed(account: str) -> str:
    """Returns a pattern, for Guard and Python, of a key's forms: ID, alias, and the ARN of either in an account."""
    arn = rf"arn:aws[a-z-]*:kms:[a-z0-9-]+:{account}:"
    return rf"^({arn}key\/{KEY_ID}|{KEY_ID}|({arn})?{ALIAS})$"


def _account(keys: str, account: str) -> str:
    return account if keys == ACCOUNT else "[0-9]{12}"
