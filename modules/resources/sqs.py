"""An SQS queue as a bank expects one: encrypted, TLS only, and keeping every message as long as SQS can."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from modules.resources import iam as policy
from modules.resources.iam import Statement
from settings.deployment import Deployment
from settings.resource_names import FIFO, NameKind

RETENTION_SECONDS = 14 * 24 * 60 * 60  # the longest that SQS keeps a message
MOST_RECEIVES = 1_000  # the most that SQS takes


class DurableQueue(Construct):
    """A queue `<resource type>-…`, whose messages are kept for 14 days; with `in_order` it is a FIFO queue.

    A message that is received and not deleted is hidden for `held_seconds`, by default 30; after a thousand times SQS
    moves it to the queue `failures`, an ARN, if that is given. SQS's own key encrypts the queue: a message must not be
    lost because the policy of a key is wrong.

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
        held_seconds: int | None = None,
        dead_letter_queue: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.name = deployment.name(resource_type, NameKind.SQS_QUEUE) + (FIFO if in_order else "")
        redrive = (
            policy.compact({"deadLetterTargetArn": dead_letter_queue, "maxReceiveCount": MOST_RECEIVES})
            if dead_letter_queue
            else None
        )
        self.resource = SqsQueue(
            self,
            "Resource",
            name=self.name,
            fifo_queue=in_order or None,
            message_retention_seconds=RETENTION_SECONDS,
            visibility_timeout_seconds=held_seconds,
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
        """Admits someone besides this account's IAM."""
        self._policy.policy = self._document(*statements)

    def _document(self, *allowed: Statement) -> str:
        return policy.document([policy.deny_without_tls(["sqs:*"], [self.arn]), *allowed])
