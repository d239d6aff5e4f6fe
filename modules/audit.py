"""The way into the audit trail: a queue that keeps the order of entries, and one for those that cannot be written."""

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from handlers.audit.app import TIMEOUT_SECONDS
from modules import policy
from modules.deployment import Deployment
from modules.function import Function
from modules.names import AUDIT_FAILURES, AUDIT_QUEUE, FIFO, NameKind
from modules.queue import RETENTION_SECONDS, Queue

BATCH = 10  # the most that Lambda takes from a FIFO queue


class Audit(Construct):
    """The FIFO queue of entries, and the one for what was received a thousand times: SQS wants it to be FIFO as well.

    Example: `Audit(stack, "audit-trail", deployment=deployment)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self.failures = deployment.name(AUDIT_FAILURES, NameKind.SQS_QUEUE) + FIFO
        failures = SqsQueue(
            self,
            "failures",
            name=self.failures,
            fifo_queue=True,
            message_retention_seconds=RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
        )
        SqsQueuePolicy(
            self,
            "failures-policy",
            queue_url=failures.url,
            policy=policy.document([policy.deny_without_tls(["sqs:*"], [failures.arn])]),
        )
        self.queue = Queue(
            self,
            "queue",
            deployment=deployment,
            resource_type=AUDIT_QUEUE,
            held_seconds=6 * TIMEOUT_SECONDS,
            failures=failures.arn,
            in_order=True,
        )

    @property
    def url(self) -> str:
        """The queue's URL."""
        return self.queue.url

    def grant_append(self, function: Function) -> None:
        """Lets a function put entries into the queue."""
        self.queue.grant_send(function, "AppendToTrail", why="has the audit trail say what was done")

    def feed(self, function: Function) -> None:
        """Hands the entries to the function that writes the trail."""
        self.queue.feed(function, "ReceiveEntries", batch=BATCH)
