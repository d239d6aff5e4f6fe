"""What an error of AWS's says of a write: whether it was made, and whether it is worth another try."""

from botocore.exceptions import ClientError

PASSING = {
    # Too many calls (botocore, retries/standard.py).
    *("BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete"),
    *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled", "SlowDown"),
    *("RequestThrottledException", "ThrottledException", "Throttling", "ThrottlingException"),
    *("TooManyRequestsException", "TransactionInProgressException"),
    # Too late, or with credentials that have ended.
    *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "RequestTimeout", "RequestTimeTooSkewed"),
    # The resource is on its way to another state (S3, RDS and EC2 API References).
    *("ConditionalRequestConflict", "IncorrectInstanceState", "IncorrectState", "InvalidDBClusterStateFault"),
    *("InvalidDBInstanceState", "OperationAborted"),
}
"""Codes of refusals that pass by themselves."""


def wrote_nothing(error: Exception) -> bool:
    """Returns whether AWS has refused; of a call without an answer, or with a server's error, nobody knows."""
    if not isinstance(error, ClientError):
        return False
    return 400 <= error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) < 500


def is_denial(error: Exception) -> bool:
    """Returns whether a policy is what refuses: for some seconds it may be one that was changed since."""
    return wrote_nothing(error) and _code(error).startswith(("AccessDenied", "NotAuthorized", "UnauthorizedOperation"))


def is_final(error: Exception, again: bool) -> bool:
    """Returns whether AWS would refuse the call `again`: a denial that recurs, or an unsupported operation."""
    return wrote_nothing(error) and _code(error) not in PASSING and (again or not is_denial(error))


def _code(error: Exception) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""
