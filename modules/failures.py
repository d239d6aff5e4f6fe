"""Where events wait that could not be handed to a function, or that a function could not take: nothing is lost."""

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from modules import policy
from modules.deployment import Deployment
from modules.names import FAILURE_QUEUE, NameKind

if TYPE_CHECKING:
    from modules.function import Function

RETENTION_SECONDS = 14 * 24 * 60 * 60  # the longest that SQS keeps a message


class Failures(Construct):
    """The failure queue. SQS's own key seals it: the last resort must not depend on a key whose policy can be wrong.

    Example: `Failures(stack, "failures", deployment=deployment)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self.name = deployment.name(FAILURE_QUEUE, NameKind.SQS_QUEUE)
        self.resource = SqsQueue(
            self,
            "Resource",
            name=self.name,
            message_retention_seconds=RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
        )
        self._event_rules: list[str] = []
        self._policy = SqsQueuePolicy(self, "policy", queue_url=self.resource.url, policy=self._document())

    @property
    def arn(self) -> str:
        """The queue's ARN."""
        arn: str = self.resource.arn
        return arn

    def grant_send(self, function: "Function") -> None:
        """Lets Lambda, in the function's name, put what the function failed on into the queue."""
        function.grant(
            "KeepFailures", ["sqs:SendMessage"], [self.arn], why="Lambda keeps the events that the function failed on"
        )

    def accept_from(self, event_rule_arn: str) -> None:
        """Lets EventBridge put events in that it could not hand over for this rule."""
        self._event_rules.append(event_rule_arn)
        self._policy.policy = self._document()

    def _document(self) -> str:
        statements = [policy.deny_without_tls(["sqs:*"], [self.arn])]
        if self._event_rules:
            statements.append(
                policy.allow(
                    "KeepUndelivered",
                    ["sqs:SendMessage"],
                    [self.arn],
                    service="events.amazonaws.com",
                    conditions={"ArnEquals": {"aws:SourceArn": self._event_rules}},
                )
            )
        return policy.document(statements)
