"""SQS queue: encrypted, TLS only, with the maximum retention."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from modules.resources import iam as policy
from modules.resources.arguments import require
from modules.resources.iam import Grantee, Statement
from settings.deployment import Deployment
from settings.resource_names import FAILURE_QUEUE, FIFO, NameKind

RETENTION_SECONDS = 14 * 24 * 60 * 60  # SQS's maximum
MAX_RECEIVES = 1_000  # SQS's maximum

DEFAULT_VISIBILITY_SECONDS = 30  # of SQS


class DurableQueue(Construct):
    """A queue `<resource type>-…` that retains messages for 14 days; with `in_order` it is a FIFO queue.

    A received message is invisible for `visibility_seconds`, by default 30. After 1,000 receives SQS moves it to
    `dead_letter_queue`, an ARN, if given. A key managed by SQS encrypts the queue, so that an invalid key policy cannot
    lose a message.

    Example: `DurableQueue(stack, "rejects", deployment=deployment, resource_type="rejects")`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        resource_type: str,
        in_order: bool = False,
        visibility_seconds: int | None = None,
        dead_letter_queue: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        is_arn = dead_letter_queue is None or dead_letter_queue.startswith(("arn:", "${"))
        require(is_arn, f"{id}: dead_letter_queue", dead_letter_queue, "the ARN of a queue")
        self.visibility_seconds = DEFAULT_VISIBILITY_SECONDS if visibility_seconds is None else visibility_seconds
        self.name = deployment.name(resource_type, NameKind.SQS_QUEUE) + (FIFO if in_order else "")
        redrive = (
            policy.compact({"deadLetterTargetArn": dead_letter_queue, "maxReceiveCount": MAX_RECEIVES})
            if dead_letter_queue
            else None
        )
        self.resource = SqsQueue(
            self,
            "Resource",
            name=self.name,
            fifo_queue=in_order or None,
            message_retention_seconds=RETENTION_SECONDS,
            visibility_timeout_seconds=visibility_seconds,
            sqs_managed_sse_enabled=True,
            redrive_policy=redrive,
        )
        self._policy = SqsQueuePolicy(self, "policy", queue_url=self.resource.url, policy=self._document())

    @property
    def arn(self) -> str:
        """The queue's ARN."""
        arn: str = self.resource.arn
        return arn

    @property
    def url(self) -> str:
        """The queue's URL."""
        url: str = self.resource.url
        return url

    def allow(self, statements: Sequence[Statement]) -> None:
        """Replaces the further statements of the queue policy."""
        self._policy.policy = self._document(*statements)

    def _document(self, *allowed: Statement) -> str:
        return policy.document([policy.deny_without_tls(["sqs:*"], [self.arn]), *allowed])


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
