"""The way of every mail to people: a queue for urgent ones, and one for the rest."""

from constructs import Construct

from handlers.common.stores.mail_queue import ROUTINE, WITHIN_SECONDS
from handlers.notify.app import TIMEOUT_SECONDS
from modules.resources.dead_letter_queue import DeadLetterQueue
from modules.resources.function_queue import Queue
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.resource_names import MAIL_QUEUES

BATCH = 500
"""Messages of one invocation: of a few KB each, they stay below Lambda's 6 MB."""


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
                # Six times the function's time, and the window: Lambda Developer Guide, "Using Lambda with Amazon SQS".
                held_seconds=6 * TIMEOUT_SECONDS + seconds,
                dead_letter_queue=dead_letter_queue.arn,
            )
            for kind, seconds in WITHIN_SECONDS.items()
        }

    def urls(self) -> dict[str, str]:
        """Returns the queues' URLs, by kind."""
        return {kind: queue.url for kind, queue in self.queues.items()}

    @property
    def routine_url(self) -> str:
        """The URL of the queue for what is not urgent."""
        return self.queues[ROUTINE].url

    def grant_send(self, function: Function, *kinds: str) -> None:
        """Lets a function put mails into the queues of some kinds."""
        for kind in kinds:
            self.queues[kind].grant_send(
                function, f"Send{kind.capitalize()}Mails", why="has notify send mails to people"
            )

    def feed(self, function: Function) -> None:
        """Hands the mails to the function that sends them."""
        for kind, queue in self.queues.items():
            queue.feed(function, f"Receive{kind.capitalize()}Mails", batch=BATCH, window_seconds=WITHIN_SECONDS[kind])
