"""IAM policy documents as compact sorted JSON: cdktf's tokens survive it, and equal documents are equal text."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

Statement = dict[str, Any]
Conditions = Mapping[str, Mapping[str, Any]]


class Grantee(Protocol):
    """Anything that permissions can be granted to: a function, by its role."""

    def grant(
        self,
        sid: str,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Conditions | None = None,
        *,
        why: str,
    ) -> None:
        """Gives one named right, with its reason."""


def document(statements: Iterable[Statement]) -> str:
    """Returns a policy document of the statements."""
    return compact({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    sid: str,
    actions: Iterable[str],
    resources: Iterable[str] | None = None,
    *,
    service: str | None = None,
    conditions: Conditions | None = None,
) -> Statement:
    """Returns an Allow statement; `service` makes it one of a resource's policy, for that service principal."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions)}
    if resources is not None:
        statement["Resource"] = list(resources)
    if service is not None:
        statement["Principal"] = {"Service": service}
    if conditions:
        statement["Condition"] = conditions
    return statement


def trust(service: str, conditions: Conditions | None = None) -> str:
    """Returns a role's trust policy: the service may assume it."""
    return document([allow("AssumeRole", ["sts:AssumeRole"], service=service, conditions=conditions)])


def of_account(account: str) -> Conditions:
    """Returns the service acts for this account's resources, and not for a stranger's (the confused deputy)."""
    return {"StringEquals": {"aws:SourceAccount": account}}


def deny(sid: str, actions: Iterable[str], resources: Iterable[str], conditions: Conditions | None = None) -> Statement:
    """Returns a Deny statement of a resource's policy, for everybody to whom the conditions apply."""
    statement: Statement = {"Sid": sid, "Effect": "Deny", "Principal": "*"}
    statement |= {"Action": list(actions), "Resource": list(resources)}
    return statement | ({"Condition": conditions} if conditions else {})


def deny_without_tls(actions: Iterable[str], resources: Iterable[str]) -> Statement:
    """Denies access to the resources over an unencrypted connection."""
    return deny("DenyWithoutTls", actions, resources, {"Bool": {"aws:SecureTransport": "false"}})


def compact(value: Any) -> str:
    """JSON without blanks, keys sorted."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
