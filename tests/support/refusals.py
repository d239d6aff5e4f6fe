"""Errors that AWS returns."""

from botocore.exceptions import ClientError


def refusal(code: str = "InternalFailure") -> ClientError:
    """Returns an error of an AWS operation."""
    return ClientError({"Error": {"Code": code, "Message": "simulated"}}, "Operation")
