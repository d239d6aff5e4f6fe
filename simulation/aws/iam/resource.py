"""Resource-based policies of buckets, topics, event buses and KMS keys.

Within one account a role's own policies are sufficient, except for KMS keys. Other resource-based policies only deny
here. A key policy must allow the caller, or delegate to the account's IAM policies. A service principal has only the
permissions of resource-based policies.
"""

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from simulation.aws.iam.call import Call
from simulation.aws.iam.conditions import UndecidableError
from simulation.aws.iam.directory import Directory
from simulation.aws.iam.policy import Decision, Request, decide

ANY_PRINCIPAL = "*"
ANY_PRINCIPAL_FORMS = (ANY_PRINCIPAL, {"AWS": ANY_PRINCIPAL}, {"AWS": [ANY_PRINCIPAL]})

Document = Mapping[str, Any]


def denied(call: Call, request: Request, names: Collection[str]) -> Decision | None:
    """Returns the explicit deny of a resource-based policy for a request of these principals, if there is one."""
    document = call.directory.resource_policy(request.resource)
    if document is None:
        return None
    decision = decide([_statements_for(document, {ANY_PRINCIPAL, *names}, effect="Deny")], request)
    if not decision.explicit:
        return None
    return dataclasses.replace(decision, reason="with an explicit deny in a resource-based policy")


def with_key_policy(call: Call, request: Request, names: Collection[str], own: Decision) -> Decision:
    """Returns the decision on a key; `own` is that of the role's policies (KMS Developer Guide, "Key policies").

    A statement for the account or its root delegates to the role's policies; one for the role itself is sufficient.
    """
    if own.explicit:
        return own
    document = call.directory.resource_policy(request.resource)
    if document is None:
        return Decision(False, "because the key does not exist")
    account = {call.directory.account, call.directory.root}
    if decide([_statements_for(document, {ANY_PRINCIPAL, *names} - account)], request).allowed:
        return own if own.allowed else Decision(True, "allowed")
    if decide([_statements_for(document, account)], request).allowed:
        return own
    return Decision(False, f"because no resource-based policy allows the {request.action} action")


def admits(directory: Directory, service: str, request: Request) -> Decision:
    """Returns the decision of a resource-based policy on a service principal such as cloudwatch.amazonaws.com."""
    document = directory.resource_policy(request.resource)
    if document is None:
        return Decision(False, "because there is no resource-based policy")
    decision = decide([_statements_for(document, {ANY_PRINCIPAL, service}, kind="Service")], request)
    if decision.allowed or decision.explicit:
        return decision
    return Decision(False, f"because no resource-based policy allows the {request.action} action")


def _statements_for(
    document: Document, names: Collection[str], *, kind: str = "AWS", effect: str | None = None
) -> dict[str, Any]:
    """Returns the statements for one of these principals, in the form of an identity-based policy."""
    statements = document["Statement"]
    return {
        "Statement": [
            {element: value for element, value in statement.items() if element != "Principal"}
            for statement in (statements if isinstance(statements, list) else [statements])
            if effect in (None, statement["Effect"]) and _has_principal(statement, names, kind)
        ]
    }


def _has_principal(statement: Mapping[str, Any], names: Collection[str], kind: str) -> bool:
    principal = statement.get("Principal")
    if principal in ANY_PRINCIPAL_FORMS:
        return ANY_PRINCIPAL in names
    if not isinstance(principal, dict) or "CanonicalUser" in principal:
        raise UndecidableError("the simulation does not support this form of Principal in a resource-based policy")
    listed = principal.get(kind, [])  # other principal types do not exist here
    return any(each in names for each in ([listed] if isinstance(listed, str) else listed))
