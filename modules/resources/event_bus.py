"""The system's own event bus, for events between its functions, and the default one, for events of AWS services."""

from cdktf_cdktf_provider_aws.cloudwatch_event_bus import CloudwatchEventBus
from cdktf_cdktf_provider_aws.cloudwatch_event_bus_policy import CloudwatchEventBusPolicy
from constructs import Construct

from handlers.common.model import events
from modules.resources import iam as policy
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.resource_names import OWN_BUS, NameKind


def default_arn(deployment: Deployment) -> str:
    """Returns the ARN of the home region's default bus, on which AWS Config reports changes."""
    return f"arn:{deployment.partition}:events:{deployment.region}:{deployment.account_id}:event-bus/default"


class Bus(Construct):
    """An event bus to which only the roles of granted functions may put events.

    A key of AWS's own encrypts it. With the deployment's, EventBridge would have to be admitted to that by a further
    statement, and would lose an event whenever it could not use it, unless the bus had a queue of its own.

    Example: `Bus(stack, "bus", deployment=deployment).grant_put(report)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._putting: list[str] = []
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
    def guarded_name(self) -> str:
        """The same, for rules: none is there while the bus has no policy."""
        name: str = self._policy.event_bus_name
        return name

    def grant_put(self, function: Function) -> None:
        """Lets a function put events to the bus, in the system's own name only."""
        # A call may carry events of several sources: all of them must be ours, and there must be some.
        ours = {"ForAllValues:StringEquals": {"events:source": events.OWN_SOURCE}, "Null": {"events:source": "false"}}
        function.grant(
            "PutEvents",
            ["events:PutEvents"],
            [self.arn],
            ours,
            why="reports missed changes again, reminds of open findings, and hands on what is unfinished",
        )
        self._putting.append(self._deployment.role_arn(function.name))
        self._policy.policy = self._document()

    def _document(self) -> str:
        """Within one account IAM alone would let others in, whatever this policy allows: it has to deny."""
        others = {"ArnNotEquals": {"aws:PrincipalArn": list(self._putting)}} if self._putting else None
        return policy.document([policy.deny("DenyEventsOfOthers", ["events:PutEvents"], [self.arn], others)])
