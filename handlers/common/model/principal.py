"""Who a principal is, whatever session it comes with."""

SINGLE_SIGN_ON = "AWSReservedSSO_"
"""How IAM Identity Center calls the roles it makes; their sessions are called after the person."""


def identity(arn: str) -> str:
    """Returns the person or role behind an ARN, in lower case.

    A session of a role is the role; of a role of IAM Identity Center it is the person, who may have several such roles.
    Anything else stands for itself.
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
    """Returns whether both are the same person or role."""
    return identity(one) == identity(other)
