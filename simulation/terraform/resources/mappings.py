"""Event source mappings of SQS queues, and Lambda's validation of them."""

from simulation.aws.iam.directory import Directory, parsed
from simulation.aws.iam.policy import Request, decide
from simulation.terraform.context import Arguments, Attributes, Maker, Place, StackError, block

RECEIVING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
LONGEST_WINDOW = 300
LARGEST_BATCH, LARGEST_FIFO_BATCH, LARGEST_IMMEDIATE_BATCH = 10_000, 10, 10
MIN_CONCURRENCY = 2


class MappingError(StackError):
    """Lambda rejects an event source mapping (Lambda API Reference, CreateEventSourceMapping)."""


def mapping(place: Place, arguments: Arguments) -> Attributes:
    queue, name = arguments["event_source_arn"], arguments["function_name"]
    batch, window = arguments["batch_size"], arguments.get("maximum_batching_window_in_seconds", 0)
    concurrency = block(arguments["scaling_config"])["maximum_concurrency"]
    _check_sizes(queue, batch, window, concurrency)
    _check_function(place, queue, name)
    answer = place.client("lambda").create_event_source_mapping(
        EventSourceArn=queue,
        FunctionName=name,
        BatchSize=batch,
        MaximumBatchingWindowInSeconds=window,
        FunctionResponseTypes=arguments["function_response_types"],
        ScalingConfig={"MaximumConcurrency": concurrency},
    )
    return {"uuid": answer["UUID"], "id": answer["UUID"]}


def _check_sizes(queue: str, batch: int, window: int, concurrency: int) -> None:
    fifo = queue.endswith(".fifo")
    if fifo and window:
        raise MappingError(f"{queue}: a FIFO queue does not support a batching window ({window} s)")
    if batch > (LARGEST_FIFO_BATCH if fifo else LARGEST_BATCH):
        raise MappingError(f"{queue}: a batch of {batch} messages exceeds the limit of Lambda")
    if batch > LARGEST_IMMEDIATE_BATCH and not window:
        raise MappingError(f"{queue}: a batch of {batch} messages requires a batching window of at least a second")
    if window > LONGEST_WINDOW:
        raise MappingError(f"{queue}: a batching window of {window} s, limit {LONGEST_WINDOW}")
    if concurrency < MIN_CONCURRENCY:
        raise MappingError(f"{queue}: a maximum concurrency of {concurrency}, minimum {MIN_CONCURRENCY}")


def _check_function(place: Place, queue: str, name: str) -> None:
    sqs, function = place.client("sqs"), place.client("lambda").get_function_configuration(FunctionName=name)
    url = sqs.get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
    visibility = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    if int(visibility["VisibilityTimeout"]) < function["Timeout"]:
        seconds = visibility["VisibilityTimeout"]
        raise MappingError(f"{queue}: visibility timeout {seconds} s, function timeout {function['Timeout']} s")
    role = function["Role"].rpartition("/")[2]
    documents = [parsed(text) for text in Directory(place.account).role_policies(role).values()]
    for action in RECEIVING:
        if not decide(documents, Request(action, queue, {"aws:SecureTransport": "true"})).allowed:
            raise MappingError(f"{queue}: the role {role} does not allow {action}")


MAKERS: dict[str, Maker] = {"aws_lambda_event_source_mapping": mapping}
