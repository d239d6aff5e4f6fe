"""IAM policy documents as compact sorted JSON, in which equal documents are equal strings and cdktf tokens remain."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

Statement = dict[str, Any]
Conditions = Mapping[str, Mapping[str, Any]]


class Grantee(Protocol):
    """A construct to whose role permissions can be granted."""

    def grant(
        self,
        sid: str,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Conditions | None = None,
        *,
        why: str,
    ) -> None:
        """Grants one named permission, with its reason."""


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
    """Returns an Allow statement; with `service`, of a resource-based policy for that service principal."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions)}
    if resources is not None:
        statement["Resource"] = list(resources)
    if service is not None:
        statement["Principal"] = {"Service": service}
    if conditions:
        statement["Condition"] = conditions
    return statement


def trust(service: str, conditions: Conditions | None = None) -> str:
    """Returns a trust policy that allows the service to assume the role."""
    return document([allow("AssumeRole", ["sts:AssumeRole"], service=service, conditions=conditions)])


def of_account(account: str) -> Conditions:
    """Returns the condition that a service acts for this account's resources (against the confused deputy problem)."""
    return {"StringEquals": {"aws:SourceAccount": account}}


def deny(sid: str, actions: Iterable[str], resources: Iterable[str], conditions: Conditions | None = None) -> Statement:
    """Returns a Deny statement of a resource-based policy, for all principals that meet the conditions."""
    statement: Statement = {"Sid": sid, "Effect": "Deny", "Principal": "*"}
    statement |= {"Action": list(actions), "Resource": list(resources)}
    return statement | ({"Condition": conditions} if conditions else {})


def deny_without_tls(actions: Iterable[str], resources: Iterable[str]) -> Statement:
    """Returns a statement that denies access over unencrypted connections."""
    return deny("DenyWithoutTls", actions, resources, {"Bool": {"aws:SecureTransport": "false"}})


def compact(value: Any) -> str:
    """Returns JSON without spaces, with sorted keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
