"""Errors of AWS for denied requests."""

from typing import Any

from botocore.exceptions import ClientError

from simulation.aws.iam.policy import Decision, Request

# Error codes by service (its API reference, "Common errors").
CODES = {
    "config": "AccessDeniedException",
    "dynamodb": "AccessDeniedException",
    "ec2": "UnauthorizedOperation",
    "events": "AccessDeniedException",
    "sns": "AuthorizationError",
    "ssm": "AccessDeniedException",
}


def refusal(user: str, request: Request, decision: Decision, service: str, operation: str) -> ClientError:
    """Returns the error that the caller of the operation gets."""
    code = CODES.get(service, "AccessDenied")
    message = f"User: {user} is not authorized to perform: {request.action} on resource: {request.resource}"
    # Services with a JSON protocol return status 400 with this code, the others 403.
    answer: Any = {"ResponseMetadata": {"HTTPStatusCode": 400 if code == "AccessDeniedException" else 403}}
    return ClientError(answer | {"Error": {"Code": code, "Message": f"{message} {decision.reason}"}}, operation)
