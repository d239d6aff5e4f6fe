"""Validation of event source mappings by Lambda, and of redrive policies by SQS."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount
from simulation.terraform.apply import RefusedError
from simulation.terraform.context import Place
from simulation.terraform.resources.mappings import RECEIVING, MappingError, mapping
from simulation.terraform.resources.messages import RedriveError
from tests.support.stacks import stack

FUNCTION = "evaluate-dev-ew1"


class Jobs:
    """Queues that a deployed function may read."""

    def __init__(self, cloud: SimulatedAccount) -> None:
        self.cloud = cloud
        self.place = Place(cloud.account, cloud.region, {})
        self.allow(*RECEIVING)

    def allow(self, *actions: str, resource: str = "*") -> None:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.cloud.client("iam").put_role_policy(RoleName=FUNCTION, PolicyName="Poll", PolicyDocument=document)

    def map(self, ending: str = "", held: int = 900, concurrency: int = 2, **arguments: Any) -> Any:
        attributes = {"VisibilityTimeout": str(held)} | ({"FifoQueue": "true"} if ending else {})
        sqs = self.cloud.client("sqs")
        url = sqs.create_queue(QueueName=f"jobs{ending}", Attributes=attributes)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        scaling = [{"maximum_concurrency": concurrency}]
        given = {"event_source_arn": arn, "function_name": FUNCTION, "batch_size": 10, "scaling_config": scaling}
        return mapping(self.place, given | {"function_response_types": ["ReportBatchItemFailures"]} | arguments)


@pytest.fixture
def jobs(deployed: SimulatedAccount) -> Jobs:
    return Jobs(deployed)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"ending": ".fifo", "maximum_batching_window_in_seconds": 1},
            "jobs.fifo: a FIFO queue does not support a batching window",
        ),
        ({"ending": ".fifo", "batch_size": 11}, "jobs.fifo: a batch of 11 messages exceeds the limit of Lambda"),
        (
            {"batch_size": 10_001, "maximum_batching_window_in_seconds": 1},
            "jobs: a batch of 10001 messages exceeds the limit of Lambda",
        ),
        ({"batch_size": 11}, "jobs: a batch of 11 messages requires a batching window of at least a second"),
        ({"maximum_batching_window_in_seconds": 301}, "jobs: a batching window of 301 s, limit 300"),
        ({"concurrency": 1}, "jobs: a maximum concurrency of 1, minimum 2"),
        ({"held": 1}, "jobs: visibility timeout 1 s, function timeout"),
    ],
)
def test_sizes_that_lambda_rejects(jobs: Jobs, arguments: Any, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        jobs.map(**arguments)


@pytest.mark.parametrize("missing", RECEIVING)
def test_a_role_without_permission_to_receive(jobs: Jobs, missing: str) -> None:
    jobs.allow(*(each for each in RECEIVING if each != missing))
    with pytest.raises(MappingError, match=f"jobs: the role {FUNCTION} does not allow {missing}"):
        jobs.map()


def test_a_role_with_permission_on_another_queue(jobs: Jobs) -> None:
    jobs.allow(*RECEIVING, resource="arn:aws:sqs:eu-west-1:111122223333:other")
    with pytest.raises(MappingError, match="does not allow sqs:ReceiveMessage"):
        jobs.map()


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"ending": ".fifo"},
        {"batch_size": 10_000, "maximum_batching_window_in_seconds": 300},
        {"concurrency": 1_000},
    ],
)
def test_mappings_that_lambda_accepts(jobs: Jobs, arguments: Any) -> None:
    made = jobs.map(**arguments)
    [found] = [
        each
        for each in jobs.cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        if each["UUID"] == made["uuid"]
    ]
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def queues(folder: Path, ending: str, dead_ending: str, **policy: Any) -> Path:
    """Returns a queue and its dead-letter queue."""
    redrive = {"deadLetterTargetArn": "${aws_sqs_queue.dead.arn}", "maxReceiveCount": 3} | policy
    return stack(
        folder,
        aws_sqs_queue__dead={"name": f"dead{dead_ending}"} | ({"fifo_queue": True} if dead_ending else {}),
        aws_sqs_queue__jobs={"name": f"jobs{ending}", "redrive_policy": json.dumps(redrive)}
        | ({"fifo_queue": True} if ending else {}),
    )


@pytest.mark.parametrize(("ending", "dead_ending"), [(".fifo", ""), ("", ".fifo")])
def test_a_dead_letter_queue_of_another_type(
    cloud: SimulatedAccount, tmp_path: Path, ending: str, dead_ending: str
) -> None:
    with pytest.raises(RedriveError, match=f"jobs{ending}: the dead-letter queue .*:dead{dead_ending} must have"):
        cloud.deploy(queues(tmp_path, ending, dead_ending))


@pytest.mark.parametrize("ending", ["", ".fifo"])
def test_a_dead_letter_queue_of_the_same_type(cloud: SimulatedAccount, tmp_path: Path, ending: str) -> None:
    assert cloud.deploy(queues(tmp_path, ending, ending)) == 2


@pytest.mark.parametrize("receives", [0, 1_001])
def test_a_max_receive_count_out_of_range(cloud: SimulatedAccount, tmp_path: Path, receives: int) -> None:
    with pytest.raises(RedriveError, match=f"jobs: maxReceiveCount {receives} is not between 1 and 1000"):
        cloud.deploy(queues(tmp_path, "", "", maxReceiveCount=receives))


def test_a_missing_dead_letter_queue(cloud: SimulatedAccount, tmp_path: Path) -> None:
    gone = "arn:aws:sqs:eu-west-1:111122223333:gone"
    with pytest.raises(RefusedError, match=r"aws_sqs_queue\.jobs: .*NonExistentQueue"):
        cloud.deploy(queues(tmp_path, "", "", deadLetterTargetArn=gone))
