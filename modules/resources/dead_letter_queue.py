"""Dead-letter queue for events that were not delivered to a function, or on which a function failed."""

from constructs import Construct

from modules.resources import iam as policy
from modules.resources.iam import Grantee
from modules.resources.sqs import DurableQueue
from settings.deployment import Deployment
from settings.resource_names import FAILURE_QUEUE


class DeadLetterQueue(DurableQueue):
    """The dead-letter queue. Example: `DeadLetterQueue(stack, "failures", deployment=deployment)`."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id, deployment=deployment, resource_type=FAILURE_QUEUE)
        self._event_rules: list[str] = []

    def grant_send(self, function: Grantee) -> None:
        """Grants Lambda, on behalf of the function, sending the events of failed invocations."""
        function.grant(
            "KeepFailures", ["sqs:SendMessage"], [self.arn], why="Lambda sends the events of failed invocations"
        )

    def accept_from(self, event_rule_arn: str) -> None:
        """Allows EventBridge to send events that it could not deliver for this rule."""
        self._event_rules.append(event_rule_arn)
        undelivered = policy.allow(
            "KeepUndelivered",
            ["sqs:SendMessage"],
            [self.arn],
            service="events.amazonaws.com",
            conditions={"ArnEquals": {"aws:SourceArn": list(self._event_rules)}},
        )
        self.allow([undelivered])
