"""What a resource's own policy says: of a bucket, a topic, an event bus, a KMS key.

Within one account a role's own policies are enough for all but keys, whose policies only deny here. A key's
policy must allow as well: it names who calls, or leaves the decision to the account's IAM policies. A service that acts
as itself has no other rights than these policies give it.
"""

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from simulation.aws.iam.call import Call
from simulation.aws.iam.conditions import UndecidableError
from simulation.aws.iam.directory import Directory
from simulation.aws.iam.policy import Decision, Request, decide

EVERYBODY = "*"
EVERY_PRINCIPAL = (EVERYBODY, {"AWS": EVERYBODY}, {"AWS": [EVERYBODY]})

Document = Mapping[str, Any]


def denied(call: Call, request: Request, names: Collection[str]) -> Decision | None:
    """Returns the statement of the resource's policy that denies a request of these principals."""
    document = call.directory.resource_policy(request.resource)
    if document is None:
        return None
    decision = decide([_meant(document, {EVERYBODY, *names}, effect="Deny")], request)
    if not decision.explicit:
        return None
    return dataclasses.replace(decision, reason="with an explicit deny in a resource-based policy")


def with_key_policy(call: Call, request: Request, names: Collection[str], own: Decision) -> Decision:
    """Returns the decision on a key; `own` is that of the role's policies (KMS Developer Guide, "Key policies").

    A statement for the account or its root lets the role's own policies decide; one that names the role needs no other.
    """
    if own.explicit:
        return own
    document = call.directory.resource_policy(request.resource)
    if document is None:
        return Decision(False, "because the key does not exist")
    account = {call.directory.account, call.directory.root}
    if decide([_meant(document, {EVERYBODY, *names} - account)], request).allowed:
        return own if own.allowed else Decision(True, "allowed")
    if decide([_meant(document, account)], request).allowed:
        return own
    return Decision(False, f"because no resource-based policy allows the {request.action} action")


def admits(directory: Directory, service: str, request: Request) -> Decision:
    """Returns whether a resource's policy allows a service principal such as cloudwatch.amazonaws.com."""
    document = directory.resource_policy(request.resource)
    if document is None:
        return Decision(False, "because there is no resource-based policy")
    decision = decide([_meant(document, {EVERYBODY, service}, kind="Service")], request)
    if decision.allowed or decision.explicit:
        return decision
    return Decision(False, f"because no resource-based policy allows the {request.action} action")


def _meant(
    document: Document, names: Collection[str], *, kind: str = "AWS", effect: str | None = None
) -> dict[str, Any]:
    """Returns the statements for one of these principals, in the form of an identity-based policy."""
    statements = document["Statement"]
    return {
        "Statement": [
            {element: value for element, value in statement.items() if element != "Principal"}
            for statement in (statements if isinstance(statements, list) else [statements])
            if effect in (None, statement["Effect"]) and _means(statement, names, kind)
        ]
    }


def _means(statement: Mapping[str, Any], names: Collection[str], kind: str) -> bool:
    principal = statement.get("Principal")
    if principal in EVERY_PRINCIPAL:
        return EVERYBODY in names
    if not isinstance(principal, dict) or "CanonicalUser" in principal:
        raise UndecidableError("whom a resource's policy means is said in a way that the simulation does not know")
    said = principal.get(kind, [])  # other types, and federated users, do not exist here
    return any(each in names for each in ([said] if isinstance(said, str) else said))
