"""Where events wait that could not be handed to a function, or that a function could not take: nothing is lost."""

from constructs import Construct

from modules.resources import iam as policy
from modules.resources.iam import Grantee
from modules.resources.sqs import DurableQueue
from settings.deployment import Deployment
from settings.resource_names import FAILURE_QUEUE


class DeadLetterQueue(DurableQueue):
    """The failure queue.

    Example: `DeadLetterQueue(stack, "failures", deployment=deployment)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id, deployment=deployment, resource_type=FAILURE_QUEUE)
        self._event_rules: list[str] = []

    def grant_send(self, function: Grantee) -> None:
        """Lets Lambda, on behalf of the function, put what the function failed on into the queue."""
        function.grant(
            "KeepFailures", ["sqs:SendMessage"], [self.arn], why="Lambda keeps the events that the function failed on"
        )

    def accept_from(self, event_rule_arn: str) -> None:
        """Lets EventBridge put events in that it could not hand over for this rule."""
        self._event_rules.append(event_rule_arn)
        undelivered = policy.allow(
            "KeepUndelivered",
            ["sqs:SendMessage"],
            [self.arn],
            service="events.amazonaws.com",
            conditions={"ArnEquals": {"aws:SourceArn": list(self._event_rules)}},
        )
        self.allow([undelivered])
