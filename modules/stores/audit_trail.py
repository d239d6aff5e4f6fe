"""FIFO queue of audit trail entries, and its dead-letter queue."""

from constructs import Construct

from handlers.audit.app import TIMEOUT_SECONDS
from modules.resources.function_queue import Queue
from modules.resources.lambda_function import Function
from modules.resources.sqs import DurableQueue
from settings.deployment import Deployment
from settings.resource_names import AUDIT_FAILURES, AUDIT_QUEUE

BATCH = 10  # Lambda's maximum for a FIFO queue


class Audit(Construct):
    """The FIFO queue of entries and its dead-letter queue, which SQS requires to be FIFO as well.

    Example: `Audit(stack, "audit-trail", deployment=deployment)`.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self.dead_letter_queue = DurableQueue(
            self, "failures", deployment=deployment, resource_type=AUDIT_FAILURES, in_order=True
        )
        self.queue = Queue(
            self,
            "queue",
            deployment=deployment,
            resource_type=AUDIT_QUEUE,
            visibility_seconds=6 * TIMEOUT_SECONDS,
            dead_letter_queue=self.dead_letter_queue.arn,
            in_order=True,
        )

    @property
    def url(self) -> str:
        """The queue's URL."""
        return self.queue.url

    def grant_append(self, function: Function) -> None:
        """Grants sending entries to the queue."""
        self.queue.grant_send(function, "AppendToTrail", why="sends entries of the audit trail")

    def feed(self, function: Function) -> None:
        """Invokes the function that writes the trail with batches of entries."""
        self.queue.feed(function, "ReceiveEntries", batch=BATCH)
