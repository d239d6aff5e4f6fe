"""Classification of AWS errors of a write: whether it was made, and whether it should be retried."""

from botocore.exceptions import ClientError

PASSING = {
    # Throttling (botocore, retries/standard.py).
    *("BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete"),
    *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled", "SlowDown"),
    *("RequestThrottledException", "ThrottledException", "Throttling", "ThrottlingException"),
    *("TooManyRequestsException", "TransactionInProgressException"),
    # Timeouts and expired credentials.
    *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "RequestTimeout", "RequestTimeTooSkewed"),
    # The resource is changing its state (S3, RDS and EC2 API References).
    *("ConditionalRequestConflict", "IncorrectInstanceState", "IncorrectState", "InvalidDBClusterStateFault"),
    *("InvalidDBInstanceState", "OperationAborted"),
}
"""Codes of temporary refusals."""

DENIALS = ("AccessDenied", "AuthorizationError", "Forbidden", "NotAuthorized", "Unauthorized")
"""Parts of the codes of denials, which each service has of its own: AuthorizationError of SNS, UnauthorizedOperation of
EC2, KMSAccessDenied… (service descriptions of botocore; API Reference of EC2)."""


def wrote_nothing(error: Exception) -> bool:
    """Returns whether AWS refused the call. The result of a call without a response or with a 5xx error is unknown."""
    if not isinstance(error, ClientError):
        return False
    return 400 <= error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) < 500


def is_denial(error: Exception) -> bool:
    """Returns whether a policy denied the call. For some seconds it may be a policy that was changed since."""
    return wrote_nothing(error) and any(part in _code(error) for part in DENIALS)


def is_final(error: Exception, again: bool) -> bool:
    """Returns whether a retry would be refused too. A denial is final only if it occurs `again`."""
    return wrote_nothing(error) and _code(error) not in PASSING and (again or not is_denial(error))


def _code(error: Exception) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""
