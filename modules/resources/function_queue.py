"""An SQS queue that one function reads, in batches and for as long as it takes."""

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.lambda_event_source_mapping import (
    LambdaEventSourceMapping,
    LambdaEventSourceMappingScalingConfig,
)

from modules.resources.sqs import DurableQueue

if TYPE_CHECKING:
    from modules.resources.lambda_function import Function

LEAST_CONCURRENCY = 2  # the least that Lambda takes


class Queue(DurableQueue):
    """A queue whose messages a function gets, and gets again after `held_seconds` where it has not taken them.

    Of a FIFO queue, messages of one group come one batch after the other.

    Example: `Queue(stack, "jobs", deployment=deployment, resource_type="jobs", held_seconds=360,
    dead_letter_queue=arn)`.
    """

    def grant_send(self, function: "Function", sid: str, *, why: str) -> None:
        """Lets a function put messages into the queue."""
        function.grant(sid, ["sqs:SendMessage"], [self.arn], why=why)

    def feed(self, function: "Function", sid: str, *, batch: int, window_seconds: int = 0) -> None:
        """Hands batches of messages to a function, two at once at the most; it names those that it has not taken."""
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        function.grant(sid, actions, [self.arn], why="Lambda polls the queue on behalf of the function")
        LambdaEventSourceMapping(
            self,
            "mapping",
            event_source_arn=self.arn,
            # Made after the role has its rights, without which Lambda refuses the mapping.
            function_name=function.resource.function_name,
            batch_size=batch,
            maximum_batching_window_in_seconds=window_seconds or None,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=LambdaEventSourceMappingScalingConfig(maximum_concurrency=LEAST_CONCURRENCY),
        )
