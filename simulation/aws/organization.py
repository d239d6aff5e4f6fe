"""The other accounts of an AWS organization: resources, rules and forwarded events.

Each member has its own AWS Config recorder. A forwarding member also has an EventBridge rule. Neither is part of the
deployed stack.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.config.models import ConfigBackend, config_backends
from moto.events.models import events_backends

from simulation.aws import buses
from simulation.aws.clock import Clock
from simulation.aws.config.service import ConfigService, Inventory
from simulation.aws.iam.policy import Request, decide

SUFFIX = 8
"""Characters that AWS Config appends to an organization rule's name in a member."""

RECORDER = "default"
ROLE = "arn:aws:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

Receive = Callable[[dict[str, Any]], None]
"""Called with an event that a member put to the home region's default bus."""


def everything(_event: dict[str, Any]) -> bool:
    """Matches every event of AWS Config."""
    return True


def nothing(_event: dict[str, Any]) -> bool:
    """Matches no event."""
    return False


@dataclass(frozen=True)
class Member:
    """An account's resources, and a test of the events that it forwards."""

    inventory: Inventory
    forwards: Callable[[dict[str, Any]], bool] = everything


@dataclass
class Organization:
    """An organization; `accounts` has its members by ID, except the simulated account."""

    id: str
    members: Mapping[str, Member]
    accounts: dict[str, ConfigService] = field(default_factory=dict)
    _home: tuple[str, str] = ("", "")

    def join(self, account: str, region: str, clock: Clock, receive: Receive) -> None:
        """Creates the members' AWS Config, whose forwarded events go to the account's default bus."""
        self._home = account, region
        for name, member in self.members.items():
            emit = _Forwarded(self, name, member, receive)
            self.accounts[name] = ConfigService(name, clock, member.inventory, emit)

    def record(self, regions: Iterable[str]) -> None:
        """Starts a recorder of every member in the given regions."""
        for region in regions:
            for name in self.members:
                backend = config_backends[name][region]
                group = {"allSupported": True, "includeGlobalResourceTypes": True}
                role = ROLE.format(account=name)
                backend.put_configuration_recorder({"name": RECORDER, "roleARN": role, "recordingGroup": group})
                backend.recorders[RECORDER].status.start()

    def reached(self, region: str, excluded: Collection[str]) -> list[ConfigBackend]:
        """Returns the members to which AWS Config deploys an organization rule in a region."""
        return [config_backends[name][region] for name in self.members if name not in excluded]

    def admits(self) -> bool:
        """Returns whether the policy of the home region's bus allows the organization's accounts to put events."""
        account, region = self._home
        bus: Any = events_backends[account][region].event_buses[buses.DEFAULT]
        statements = [
            {name: value for name, value in statement.describe().items() if name != "Principal"}
            for statement in bus._statements.values()
        ]
        context = {"aws:PrincipalOrgID": self.id}
        return decide([{"Statement": statements}], Request("events:PutEvents", bus.arn, context)).allowed


@dataclass(frozen=True)
class _Forwarded:
    """Forwards a member's event to the home region; it is lost if the bus policy denies it."""

    organization: Organization
    account: str
    member: Member
    receive: Receive

    def __call__(self, event: dict[str, Any]) -> None:
        if self.member.forwards(event) and self.organization.admits():
            self.receive(event | {"account": self.account})


def rule_name(name: str, account: str) -> str:
    """Returns the name of an organization rule in a member account."""
    digest = hashlib.sha256(f"{account}/{name}".encode()).hexdigest()
    return f"OrgConfigRule-{name}-{digest[:SUFFIX]}"
