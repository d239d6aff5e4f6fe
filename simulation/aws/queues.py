"""Patches of moto's SQS: it follows the simulated clock, and only polling invokes functions.

A FIFO queue keeps the order and drops duplicates; messages in a dead-letter queue have their source queue.
"""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from unittest import mock

from moto.awslambda.models import LambdaBackend
from moto.sqs import models
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends
from moto.sqs.responses import SQSResponse

from simulation.aws.clock import Clock

DEDUPLICATION_INTERVAL = timedelta(minutes=5)
SOURCE = "DeadLetterQueueSourceArn"

_create: Any = LambdaBackend.create_event_source_mapping
_add: Any = Queue.add_message
_receive: Any = SQSBackend.receive_message
_answer: Any = SQSResponse.receive_message


def _add_once(self: Any, message: Any) -> None:
    """Drops duplicates for five minutes; moto accepts the duplicate of a deleted message."""
    # Messages that were received before are moved by SQS.
    if self.fifo_queue and message.deduplication_id and not message.approximate_receive_count:
        seen = vars(self).setdefault("seen", {})
        before = seen.get(message.deduplication_id)
        if before is not None and message.sent_timestamp - before < DEDUPLICATION_INTERVAL.total_seconds() * 1000:
            return
        seen[message.deduplication_id] = message.sent_timestamp
    _add(self, message)


def _receive_in_order(self: Any, queue_name: str, *more: Any, **named: Any) -> Any:
    queue: Any = self.get_queue(queue_name)
    # moto unblocks a group at its last visible message, and would return that message first.
    queue._pending_messages = {each for each in queue._pending_messages if not each.visible}
    before = {each.id for each in queue._messages} if queue.dead_letter_queue else set()
    messages = _receive(self, queue_name, *more, **named)
    for message in queue.dead_letter_queue._messages if before else ():
        if message.id in before:
            message.source = queue.queue_arn
    return messages


def _is_retained(self: Any, queue_name: str, message: Any) -> bool:
    """Returns whether a message is retained; moto counts all messages for each one."""
    time: Any = models
    retention: int = self.get_queue(queue_name).message_retention_period
    return bool(retention + message.sent_timestamp / 1000 > time.unix_time())


def _answer_with_source(self: Any) -> Any:
    """Adds the source queue of each moved message, which moto omits."""
    answer = _answer(self)
    requested = {*self._get_param("AttributeNames", []), *self._get_param("MessageSystemAttributeNames", [])}
    if requested & {"All", SOURCE}:
        stored = self.sqs_backend.get_queue(self._get_queue_name())._messages
        sources = {each.id: each.source for each in stored if hasattr(each, "source")}
        for message in answer.result.get("Messages", []):
            if message["MessageId"] in sources:
                message.setdefault("Attributes", {})[SOURCE] = sources[message["MessageId"]]
    return answer


def apply(stack: ExitStack, clock: Clock) -> None:
    """Patches moto until the stack is closed."""

    def wait(_queue: Queue, seconds: int) -> None:
        clock.advance(timedelta(seconds=seconds))

    def create(self: LambdaBackend, spec: dict[str, Any]) -> Any:
        """Creates a mapping, and prevents moto from invoking the function in SendMessage."""
        mapping = _create(self, spec)
        for queue in sqs_backends[self.account_id][self.region_name].queues.values():
            queue.lambda_event_source_mappings.clear()
        return mapping

    stack.enter_context(mock.patch.object(models, "unix_time", lambda: clock.look().timestamp()))
    stack.enter_context(mock.patch.object(models, "unix_time_millis", lambda: clock.look().timestamp() * 1000))
    # With a timeout of 0 a message is visible at once; moto compares with a later time.
    visible = property(lambda self: clock.look().timestamp() * 1000 >= self.visible_at)
    stack.enter_context(mock.patch.object(Message, "visible", visible))
    stack.enter_context(mock.patch.object(Queue, "wait_for_messages", wait))
    stack.enter_context(mock.patch.object(Queue, "add_message", _add_once))
    stack.enter_context(mock.patch.object(SQSBackend, "receive_message", _receive_in_order))
    stack.enter_context(mock.patch.object(SQSBackend, "is_message_valid_based_on_retention_period", _is_retained))
    stack.enter_context(mock.patch.object(SQSResponse, "receive_message", _answer_with_source))
    stack.enter_context(mock.patch.object(LambdaBackend, "create_event_source_mapping", create))
