"""SQS queue that invokes one function with batches of messages."""

from cdktf_cdktf_provider_aws.lambda_event_source_mapping import (
    LambdaEventSourceMapping,
    LambdaEventSourceMappingScalingConfig,
)

from modules.resources.arguments import require
from modules.resources.lambda_function import Function
from modules.resources.sqs import DurableQueue

MIN_CONCURRENCY = 2  # Lambda's minimum


class Queue(DurableQueue):
    """A queue whose messages a function receives, and receives again after `visibility_seconds` if it failed.

    In a FIFO queue, messages of one group are delivered one batch after another.

    Example: `Queue(stack, "jobs", deployment=deployment, resource_type="jobs", visibility_seconds=360,
    dead_letter_queue=arn)`.
    """

    def grant_send(self, function: Function, sid: str, *, why: str) -> None:
        """Grants sending messages to the queue."""
        function.grant(sid, ["sqs:SendMessage"], [self.arn], why=why)

    def feed(self, function: Function, sid: str, *, batch: int, window_seconds: int = 0) -> None:
        """Invokes a function with batches, at most two at a time; the function reports the messages that failed."""
        # Lambda refuses a mapping whose function may run for longer than its messages are invisible.
        enough = function.timeout_seconds <= self.visibility_seconds
        allowed = f"at least the timeout of {function.name}, {function.timeout_seconds}"
        require(enough, f"{self.node.id}: visibility_seconds", self.visibility_seconds, allowed)
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        function.grant(sid, actions, [self.arn], why="Lambda polls the queue on behalf of the function")
        LambdaEventSourceMapping(
            self,
            "mapping",
            event_source_arn=self.arn,
            # This reference creates the mapping after the role's permissions, which Lambda requires.
            function_name=function.resource.function_name,
            batch_size=batch,
            maximum_batching_window_in_seconds=window_seconds or None,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=LambdaEventSourceMappingScalingConfig(maximum_concurrency=MIN_CONCURRENCY),
        )
