"""An SQS queue that one function reads, in batches and for as long as it takes."""

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.lambda_event_source_mapping import (
    LambdaEventSourceMapping,
    LambdaEventSourceMappingScalingConfig,
)
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from modules import policy
from modules.deployment import Deployment
from modules.names import FIFO, NameKind

if TYPE_CHECKING:
    from modules.function import Function

RETENTION_SECONDS = 14 * 24 * 60 * 60  # the longest that SQS keeps a message
MOST_RECEIVES = 1_000  # the most that SQS takes
LEAST_CONCURRENCY = 2  # the least that Lambda takes


class Queue(Construct):
    """A queue `<resource type>-…` whose messages are kept for 14 days.

    What a function does not take, it gets again after `held_seconds`, up to a thousand times; then the message waits in
    the queue `failures`, an ARN. SQS's own key encrypts it, as it does the failure queue: a message must not be lost
    because a key's policy is wrong. With `in_order` it is a FIFO queue, whose messages of one group come one batch
    after the other.

    Example: `Queue(stack, "jobs", deployment=deployment, resource_type="jobs", held_seconds=360, failures=arn)`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        resource_type: str,
        held_seconds: int,
        failures: str,
        in_order: bool = False,
    ) -> None:
        super().__init__(scope, id)
        self.name = deployment.name(resource_type, NameKind.SQS_QUEUE) + (FIFO if in_order else "")
        self._in_order = in_order
        self.resource = SqsQueue(
            self,
            "Resource",
            name=self.name,
            fifo_queue=in_order or None,
            message_retention_seconds=RETENTION_SECONDS,
            visibility_timeout_seconds=held_seconds,
            sqs_managed_sse_enabled=True,
            redrive_policy=policy.compact({"deadLetterTargetArn": failures, "maxReceiveCount": MOST_RECEIVES}),
        )
        SqsQueuePolicy(
            self,
            "policy",
            queue_url=self.resource.url,
            policy=policy.document([policy.deny_without_tls(["sqs:*"], [self.arn])]),
        )

    @property
    def arn(self) -> str:
        """The queue's ARN."""
        arn: str = self.resource.arn
        return arn

    @property
    def url(self) -> str:
        """The queue's URL."""
        url: str = self.resource.url
        return url

    def grant_send(self, function: "Function", sid: str, *, why: str) -> None:
        """Lets a function put messages into the queue."""
        function.grant(sid, ["sqs:SendMessage"], [self.arn], why=why)

    def feed(self, function: "Function", sid: str, *, batch: int, window_seconds: int = 0) -> None:
        """Hands batches of messages to a function, two at once at the most; it names those that it has not taken."""
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        function.grant(sid, actions, [self.arn], why="Lambda polls the queue in the function's name")
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
