"""Queues of mails, one for urgent and one for routine mails."""

from constructs import Construct

from handlers.common.stores.mail_queue import ROUTINE, WITHIN_SECONDS
from handlers.notify.app import TIMEOUT_SECONDS
from modules.resources.function_queue import Queue
from modules.resources.lambda_function import Function
from modules.resources.sqs import DeadLetterQueue
from settings.deployment import Deployment
from settings.resource_names import MAIL_QUEUES

BATCH = 500
"""Messages per invocation; at a few KB each they stay below Lambda's payload limit of 6 MB."""


class Mails(Construct):
    """The mail queues, by kind.

    Example: `Mails(stack, "mails", deployment=deployment, dead_letter_queue=queue)`.
    """

    def __init__(
        self, scope: Construct, id: str, *, deployment: Deployment, dead_letter_queue: DeadLetterQueue
    ) -> None:
        super().__init__(scope, id)
        self.queues = {
            kind: Queue(
                self,
                kind,
                deployment=deployment,
                resource_type=MAIL_QUEUES[kind],
                # Six times the timeout, plus the window (Lambda Developer Guide, "Using Lambda with Amazon SQS").
                visibility_seconds=6 * TIMEOUT_SECONDS + seconds,
                dead_letter_queue=dead_letter_queue.arn,
            )
            for kind, seconds in WITHIN_SECONDS.items()
        }

    def urls(self) -> dict[str, str]:
        """Returns the queues' URLs, by kind."""
        return {kind: queue.url for kind, queue in self.queues.items()}

    @property
    def routine_url(self) -> str:
        """The URL of the queue for routine mails."""
        return self.queues[ROUTINE].url

    def grant_send(self, function: Function, *kinds: str) -> None:
        """Grants sending mails to the queues of `kinds`."""
        for kind in kinds:
            self.queues[kind].grant_send(
                function, f"Send{kind.capitalize()}Mails", why="queues mails for the function notify"
            )

    def feed(self, function: Function) -> None:
        """Invokes the function that sends the mails with batches of them."""
        for kind, queue in self.queues.items():
            queue.feed(function, f"Receive{kind.capitalize()}Mails", batch=BATCH, window_seconds=WITHIN_SECONDS[kind])
