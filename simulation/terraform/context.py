"""The place in which a resource is created, and the types of functions that create resources."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3

from handlers.common.runtime.errors import ComplianceMonitorError
from simulation.aws.organization import Organization
from simulation.aws.sessions import Kept

Arguments = dict[str, Any]
Attributes = dict[str, Any]


class StackError(ComplianceMonitorError):
    """The simulation cannot apply a stack; the message names the resource."""


@dataclass(frozen=True)
class Place:
    """The account and region of a resource, the tags that its provider gives it, and the account's organization."""

    account: str
    region: str
    tags: dict[str, str]
    clients: dict[tuple[str, str], Any] = field(default_factory=Kept)
    organization: Organization | None = None

    def at(self, region: str) -> "Place":
        """Returns this place in another region."""
        return dataclasses.replace(self, region=region)

    def client(self, service: Any) -> Any:
        """Returns an administrator's client, cached: creating one takes longer than most calls."""
        key = (service, self.region)
        if key not in self.clients:
            self.clients[key] = boto3.client(service, self.region)
        return self.clients[key]

    def tag_list(self) -> list[dict[str, str]]:
        """Returns the default tags in the form that most services expect."""
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]


Maker = Callable[[Place, Arguments], Attributes]
"""Creates a resource from its resolved arguments; returns its computed attributes."""


def block(value: Any) -> Any:
    """Returns a nested block's arguments: cdktf writes a single block as an object or as a list of one."""
    return value[0] if isinstance(value, list) else value
