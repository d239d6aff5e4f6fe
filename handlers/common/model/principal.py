"""Identities of principals, independent of their sessions."""

SINGLE_SIGN_ON = "AWSReservedSSO_"
"""Prefix of the roles that IAM Identity Center creates; their sessions have the name of the user."""


def identity(arn: str) -> str:
    """Returns the user or role of an ARN, in lower case.

    A role's session has the identity of the role. A session of an IAM Identity Center role has the identity of the
    user, who may have several such roles. Any other ARN is its own identity.
    """
    account, _, path = arn.partition("::")[2].partition(":")
    kind, *names = path.split("/")
    if kind == "assumed-role" and len(names) == 2:
        role, session = names
        return session.lower() if role.startswith(SINGLE_SIGN_ON) else f"{account}/{role}".lower()
    if kind == "role" and names:
        return f"{account}/{names[-1]}".lower()
    return arn.lower()


def is_same(one: str, other: str) -> bool:
    """Returns whether two ARNs have the same identity."""
    return identity(one) == identity(other)
