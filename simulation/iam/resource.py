"""What a bucket's own policy denies.

Its Allow statements are not looked at: within one account a role's own policies are enough, and services that the
policy lets in make no calls here.
"""

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from simulation.iam.call import Call
from simulation.iam.conditions import UndecidableError
from simulation.iam.policy import Decision, Request, decide

EVERYBODY = "*"


def denied(call: Call, request: Request, names: Collection[str]) -> Decision | None:
    """The deny of the bucket's policy that the request of whoever goes by these names meets."""
    if not request.action.startswith("s3:"):
        return None
    document = call.directory.bucket_policy(request.resource.split(":")[5].partition("/")[0])
    if document is None:
        return None
    statements = document["Statement"]
    meant = [
        {element: value for element, value in statement.items() if element != "Principal"}
        for statement in (statements if isinstance(statements, list) else [statements])
        if statement["Effect"] == "Deny" and _means(statement, {EVERYBODY, *names})
    ]
    decision = decide([{"Statement": meant}], request)
    if not decision.explicit:
        return None
    return dataclasses.replace(decision, reason="with an explicit deny in a resource-based policy")


def _means(statement: Mapping[str, Any], names: Collection[str]) -> bool:
    principal = statement.get("Principal")
    if principal == EVERYBODY:
        return True
    if not isinstance(principal, dict) or "CanonicalUser" in principal:
        raise UndecidableError("whom a bucket policy denies is said in a way that the simulation does not know")
    said = principal.get("AWS", [])  # services and federated users are nobody here
    return any(each in names for each in ([said] if isinstance(said, str) else said))
