"""Errors of AWS's."""

from botocore.exceptions import ClientError


def refusal(code: str = "InternalFailure") -> ClientError:
    """Returns an error of AWS's."""
    return ClientError({"Error": {"Code": code, "Message": "simulated"}}, "Operation")
