"""An API call, and the IAM requests that it consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.aws.iam.conditions import Value
from simulation.aws.iam.directory import Directory
from simulation.aws.iam.policy import Request

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """An API call: its parameters, the region of the client, the account's directory, and the caller's ARN."""

    parameters: Parameters
    region: str
    directory: Directory
    principal: str

    def request(self, action: str, resource: str, **context: Value) -> Request:
        """Returns a request with the context keys of every request."""
        always: dict[str, Value] = {
            "aws:SecureTransport": "true",
            "aws:RequestedRegion": self.region,
            "aws:PrincipalAccount": self.directory.account,
            "aws:PrincipalArn": self.principal,
        }
        return Request(action, resource, always | context)

    def key_use(self, key: str | None, service: str, *actions: str) -> list[Request]:
        """Returns the service's use of KMS on behalf of the caller; None without a customer managed key."""
        about: dict[str, Value] = {
            "kms:CallerAccount": self.directory.account,
            "kms:ViaService": f"{service}.{self.region}.amazonaws.com",
        }
        return [self.request(action, key, **about) for action in actions] if key else []


Asked = Callable[[Call], list[Request]]
"""The requests that a call of one operation puts to IAM."""
