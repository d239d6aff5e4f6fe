"""Changes to moto's SQS: its time is the simulated clock's, and a message is handed to a function by polling alone."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from unittest import mock

from moto.awslambda.models import LambdaBackend
from moto.sqs import models
from moto.sqs.models import Message, Queue, sqs_backends

from simulation.clock import Clock

_create: Any = LambdaBackend.create_event_source_mapping


def apply(stack: ExitStack, clock: Clock) -> None:
    """Changes moto until the stack is closed."""

    def wait(_queue: Queue, seconds: int) -> None:
        clock.advance(timedelta(seconds=seconds))

    def create(self: LambdaBackend, spec: dict[str, Any]) -> Any:
        """moto hands each message to the function within the call that sends it."""
        mapping = _create(self, spec)
        for queue in sqs_backends[self.account_id][self.region_name].queues.values():
            queue.lambda_event_source_mappings.clear()
        return mapping

    stack.enter_context(mock.patch.object(models, "unix_time", lambda: clock.look().timestamp()))
    stack.enter_context(mock.patch.object(models, "unix_time_millis", lambda: clock.look().timestamp() * 1000))
    # Put back at once, a message is seen at once: moto's clock would have moved by then.
    visible = property(lambda self: clock.look().timestamp() * 1000 >= self.visible_at)
    stack.enter_context(mock.patch.object(Message, "visible", visible))
    stack.enter_context(mock.patch.object(Queue, "wait_for_messages", wait))
    stack.enter_context(mock.patch.object(LambdaBackend, "create_event_source_mapping", create))
