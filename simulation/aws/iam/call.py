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
        """Returns a request with the global condition keys and those of `context`."""
        global_keys: dict[str, Value] = {
            "aws:SecureTransport": "true",
            "aws:RequestedRegion": self.region,
            "aws:PrincipalAccount": self.directory.account,
            "aws:PrincipalArn": self.principal,
        }
        return Request(action, resource, global_keys | context)

    def key_use(self, key: str | None, service: str, *actions: str) -> list[Request]:
        """Returns the service's requests to KMS on behalf of the caller; none without a customer managed key."""
        context: dict[str, Value] = {
            "kms:CallerAccount": self.directory.account,
            "kms:ViaService": f"{service}.{self.region}.amazonaws.com",
        }
        return [self.request(action, key, **context) for action in actions] if key else []


Asked = Callable[[Call], list[Request]]
"""Returns the IAM requests of a call of one operation."""
