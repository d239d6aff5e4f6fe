"""Lambda's event source mappings of SQS queues: polling, batches, and deletion.

A batch is delivered when it is full or its batching window ends. Messages that the function reports as failed, or all
if it fails, are visible again after the visibility timeout (Lambda Developer Guide, "Using Lambda with Amazon SQS").
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.awslambda.models import EventSourceMapping
from moto.awslambda.utils import get_backend
from moto.sqs.models import Message, Queue, sqs_backends

from simulation.aws.clock import Clock
from simulation.aws.iam.authorize import IamEnforcer
from simulation.aws.lambda_runtime import Functions, Invocation

ACTIONS = ("sqs:ReceiveMessage", "sqs:GetQueueAttributes", "sqs:DeleteMessage")
PARTIAL = "ReportBatchItemFailures"

TRIES = 3
"""Attempts for which polling itself advances the clock; later ones wait until the clock is advanced."""


class Polling:
    """The mappings of an account's home region."""

    def __init__(self, account: str, region: str, clock: Clock, functions: Functions, guardian: IamEnforcer) -> None:
        self._account = account
        self._region = region
        self._clock = clock
        self._functions = functions
        self._guardian = guardian

    def next(self) -> Invocation | None:
        """Advances the clock to the next due batch and delivers it; returns None without a batch."""
        due = [(moment, mapping.uuid, mapping) for mapping in self._mappings() for moment in self._due(mapping)]
        if not due:
            return None
        moment, _, mapping = min(due, key=lambda each: each[:2])
        self._clock.advance(max(moment - self._clock.look(), timedelta()))
        return self._deliver(mapping)

    def _mappings(self) -> list[EventSourceMapping]:
        """Returns the mappings of existing queues: a mapping remains when its queue is deleted."""
        mappings = get_backend(self._account, self._region)._event_source_mappings.values()
        return [each for each in mappings if each.enabled and _queue_name(each) in self._queues]

    @property
    def _queues(self) -> Mapping[str, Queue]:
        queues: Mapping[str, Queue] = sqs_backends[self._account][self._region].queues
        return queues

    def _due(self, mapping: EventSourceMapping) -> Iterator[datetime]:
        """Yields the times of the next batches."""
        queue = self._queues[_queue_name(mapping)]
        due = [each for each in queue._messages if each.approximate_receive_count < TRIES or _is_visible(each)]
        # A group's unfinished batch blocks the group's later messages.
        first = max((each.visible_at for each in queue._messages), default=0) if queue.fifo_queue else 0
        times = sorted(max(int(each.sent_timestamp or 0), each.delayed_until, each.visible_at, first) for each in due)
        if times:
            end = times[0] + 1000 * int(mapping.max_batch_window or 0)
            full = times[mapping.batch_size - 1] if len(times) >= mapping.batch_size else end
            yield datetime.fromtimestamp((min(full, end) + 1) / 1000, UTC)

    def _deliver(self, mapping: EventSourceMapping) -> Invocation | None:
        queue, function = self._queues[_queue_name(mapping)], self._functions.get(mapping.function_arn)
        role = function.role.split("/")[-1]
        for action in ACTIONS:
            self._guardian.authorize(role, function.function_name, action, queue.queue_arn)
        sqs = sqs_backends[self._account][self._region]
        timeout: Any = queue.attributes["VisibilityTimeout"]
        messages = sqs.receive_message(queue.name, mapping.batch_size, 0, int(timeout))
        if not messages:
            return None
        invocation = Invocation(function.function_name, {"Records": [self._record(each, queue) for each in messages]})
        self._functions.attempt(invocation)
        finished = {each.id for each in messages} - _failed(mapping, invocation, messages)
        queue._messages = [each for each in queue._messages if each.id not in finished]
        queue._pending_messages = {each for each in queue._pending_messages if each.id not in finished}
        return invocation

    def _record(self, message: Message, queue: Queue) -> dict[str, Any]:
        attributes = {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        }
        fifo = {"SequenceNumber": message.sequence_number, "MessageGroupId": message.group_id}
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": attributes | (fifo if queue.fifo_queue else {}),
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": queue.queue_arn,
            "awsRegion": self._region,
        }


def _queue_name(mapping: EventSourceMapping) -> str:
    return mapping.event_source_arn.rpartition(":")[2]


def _is_visible(message: Message) -> bool:
    return bool(message.visible and not message.delayed)


def _failed(mapping: EventSourceMapping, invocation: Invocation, messages: list[Message]) -> set[str]:
    """Returns the IDs of the messages that are not deleted."""
    if invocation.error is not None:
        return {each.id for each in messages}
    if PARTIAL not in (mapping.function_response_types or []):
        return set()
    return {each["itemIdentifier"] for each in (invocation.answer or {}).get("batchItemFailures", [])}
