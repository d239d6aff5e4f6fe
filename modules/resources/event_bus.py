"""Event bus of the monitor, for events between its functions, and the default bus, for events of AWS services."""

from cdktf_cdktf_provider_aws.cloudwatch_event_bus import CloudwatchEventBus
from cdktf_cdktf_provider_aws.cloudwatch_event_bus_policy import CloudwatchEventBusPolicy
from constructs import Construct

from handlers.common.model import events
from modules.resources import iam as policy
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.resource_names import OWN_BUS, NameKind


def default_arn(deployment: Deployment) -> str:
    """Returns the ARN of the home region's default bus, which receives the events of AWS Config."""
    return f"arn:{deployment.partition}:events:{deployment.region}:{deployment.account_id}:event-bus/default"


class Bus(Construct):
    """An event bus on which only the roles of granted functions can put events.

    An AWS owned key encrypts it. With the deployment's key, EventBridge would need a further statement in the key
    policy, and would lose events when the key cannot be used, unless the bus had a dead-letter queue.

    Example: `Bus(stack, "bus", deployment=deployment).grant_put(report)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._publishers: list[str] = []
        self.resource = CloudwatchEventBus(self, "Resource", name=deployment.name(OWN_BUS, NameKind.EVENT_BUS))
        self._policy = CloudwatchEventBusPolicy(
            self, "policy", event_bus_name=self.resource.name, policy=self._document()
        )

    @property
    def arn(self) -> str:
        """The bus's ARN."""
        arn: str = self.resource.arn
        return arn

    @property
    def name(self) -> str:
        """The bus's name."""
        name: str = self.resource.name
        return name

    @property
    def protected_name(self) -> str:
        """The bus's name by its policy: event rules that refer to it are created after the policy."""
        name: str = self._policy.event_bus_name
        return name

    def grant_put(self, function: Function) -> None:
        """Grants putting events on the bus, with the monitor's source only."""
        # A call may have events of several sources: all must be the monitor's, and there must be at least one.
        ours = {"ForAllValues:StringEquals": {"events:source": events.OWN_SOURCE}, "Null": {"events:source": "false"}}
        function.grant(
            "PutEvents",
            ["events:PutEvents"],
            [self.arn],
            ours,
            why="publishes missed changes, reminders of open findings, and continuations of reports",
        )
        self._publishers.append(self._deployment.role_arn(function.name))
        self._policy.policy = self._document()

    def _document(self) -> str:
        """Returns a policy that denies: within one account, IAM policies alone are sufficient to allow access."""
        others = {"ArnNotEquals": {"aws:PrincipalArn": list(self._publishers)}} if self._publishers else None
        return policy.document([policy.deny("DenyEventsOfOthers", ["events:PutEvents"], [self.arn], others)])
