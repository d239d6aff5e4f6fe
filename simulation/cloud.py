"""The simulated account, put together: services, time, and what was deployed into it."""

import os
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest import mock

import boto3
from moto import mock_aws
from moto.sns.models import sns_backends

from simulation import patches
from simulation.clock import Clock
from simulation.config.inventory import live_items
from simulation.config.service import ConfigService, Inventory
from simulation.delivery import Delivery
from simulation.functions import Functions, Invocation
from simulation.iam.authorize import Guardian
from simulation.loader.terraform import Deployment


class Cloud:
    """One AWS account with one region in use. A context manager: outside of it, nothing is simulated."""

    def __init__(self, account: str, region: str, start: datetime, inventory: Inventory | None = None) -> None:
        self.account = account
        self.region = region
        self.clock = Clock(start)
        self.guardian = Guardian(account, region)
        self.functions = Functions(account, region, self.clock, self.guardian)
        self.delivery = Delivery(account, region, self.clock, self.functions, self.guardian)
        items = inventory or (lambda region: live_items(account, region))
        self.config = ConfigService(account, self.clock, items, self.delivery.put)
        self.deployment = Deployment(account, region)
        self.invocations: list[Invocation] = []
        self._clients: dict[str, Any] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        credentials = {"AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated"}
        place = {"AWS_DEFAULT_REGION": self.region, "MOTO_ACCOUNT_ID": self.account}
        self._stack.enter_context(mock.patch.dict(os.environ, credentials | place))
        # The stack attaches AWS's own policy for Config to the recorder's role.
        self._stack.enter_context(mock_aws(config={"iam": {"load_aws_managed_policies": True}}))
        patches.apply(self._stack, self.config, self.delivery.put)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.functions.close()
        self._stack.close()

    def client(self, service: Any) -> Any:
        """An administrator's client, whose calls nobody checks."""
        if service not in self._clients:
            self._clients[service] = boto3.client(service, self.region)
        return self._clients[service]

    def deploy(self, stack: Path) -> int:
        """Applies a synthesized stack (the folder of cdk.tf.json); returns how many resources were touched."""
        return self.deployment.apply(stack)

    def record(self) -> list[Invocation]:
        """Lets Config record what is there now, and everything that follows from it happen."""
        self.config.record(self.region)
        return self.settle()

    def fire(self, rule_name: str) -> list[Invocation]:
        """Lets a schedule come due, and everything that follows from it happen."""
        self.delivery.fire(rule_name)
        return self.settle()

    def settle(self) -> list[Invocation]:
        """Runs functions until no event waits; returns the invocations."""
        settled = list(self.delivery.run())
        self.invocations += settled
        return settled

    def published(self, topic_arn: str) -> list[dict[str, Any]]:
        """What was published to a topic, oldest first: {"subject", "message"}."""
        topic = sns_backends[self.account][self.region].topics[topic_arn]
        return [{"subject": sent[2], "message": sent[1]} for sent in topic.sent_notifications]
