"""Lambda's event source mappings of SQS queues: polling, batches, and deletion.

As AWS has it: a batch is handed over when it is full or the batching window is over; what the function names as failed,
or all of the batch if the function fails, is seen again after the visibility timeout (Lambda Developer Guide, "Using
Lambda with Amazon SQS").
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
"""How often a message's visibility timeout is awaited at once; later attempts follow the clock."""


class Polling:
    """The mappings of an account's home region."""

    def __init__(self, account: str, region: str, clock: Clock, functions: Functions, guardian: IamEnforcer) -> None:
        self._account = account
        self._region = region
        self._clock = clock
        self._functions = functions
        self._guardian = guardian

    def next(self) -> Invocation | None:
        """Delivers the next due batch and advances the clock to it; None if nothing waits."""
        due = [(moment, mapping.uuid, mapping) for mapping in self._mappings() for moment in self._due(mapping)]
        if not due:
            return None
        moment, _, mapping = min(due, key=lambda each: each[:2])
        self._clock.advance(max(moment - self._clock.look(), timedelta()))
        return self._hand_over(mapping)

    def _mappings(self) -> list[EventSourceMapping]:
        """Returns the mappings of existing queues: a mapping stays when its queue is deleted."""
        found = get_backend(self._account, self._region)._event_source_mappings.values()
        return [each for each in found if each.enabled and _queue_name(each) in self._queues]

    @property
    def _queues(self) -> Mapping[str, Queue]:
        found: Mapping[str, Queue] = sqs_backends[self._account][self._region].queues
        return found

    def _due(self, mapping: EventSourceMapping) -> Iterator[datetime]:
        """Yields the times of the next batches."""
        queue = self._queues[_queue_name(mapping)]
        waited = [each for each in queue._messages if each.approximate_receive_count < TRIES or _is_seen(each)]
        # A group's unfinished batch blocks the group's later messages.
        least = max((each.visible_at for each in queue._messages), default=0) if queue.fifo_queue else 0
        seen = sorted(max(int(each.sent_timestamp or 0), each.delayed_until, each.visible_at, least) for each in waited)
        if seen:
            end = seen[0] + 1000 * int(mapping.max_batch_window or 0)
            full = seen[mapping.batch_size - 1] if len(seen) >= mapping.batch_size else end
            yield datetime.fromtimestamp((min(full, end) + 1) / 1000, UTC)

    def _hand_over(self, mapping: EventSourceMapping) -> Invocation | None:
        queue, function = self._queues[_queue_name(mapping)], self._functions.get(mapping.function_arn)
        role = function.role.split("/")[-1]
        for action in ACTIONS:
            self._guardian.authorize(role, function.function_name, action, queue.queue_arn)
        sqs = sqs_backends[self._account][self._region]
        timeout: Any = queue.attributes["VisibilityTimeout"]
        found = sqs.receive_message(queue.name, mapping.batch_size, 0, int(timeout))
        if not found:
            return None
        invocation = Invocation(function.function_name, {"Records": [self._record(each, queue) for each in found]})
        self._functions.attempt(invocation)
        over = {each.id for each in found} - _failed(mapping, invocation, found)
        queue._messages = [each for each in queue._messages if each.id not in over]
        queue._pending_messages = {each for each in queue._pending_messages if each.id not in over}
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


def _is_seen(message: Message) -> bool:
    return bool(message.visible and not message.delayed)


def _failed(mapping: EventSourceMapping, invocation: Invocation, found: list[Message]) -> set[str]:
    """Returns the IDs of the messages that are not deleted."""
    if invocation.error is not None:
        return {each.id for each in found}
    if PARTIAL not in (mapping.function_response_types or []):
        return set()
    return {each["itemIdentifier"] for each in (invocation.answer or {}).get("batchItemFailures", [])}
