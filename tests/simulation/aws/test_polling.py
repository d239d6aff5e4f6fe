"""Lambda polls messages in batches and in order, and delivers failed ones again."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulation.aws.account import SimulatedAccount
from simulation.aws.alarms import Alarms, State
from simulation.aws.lambda_runtime import Invocation
from simulation.aws.polling import ACTIONS, PARTIAL, TRIES

FUNCTION = "evaluate-dev-ew1"
HELD = 120
Answer = Callable[[list[str]], Any]


class Rig:
    """A function with a configurable return value, and its queues."""

    def __init__(self, cloud: SimulatedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloud = cloud
        self.batches: list[tuple[datetime, list[str]]] = []
        self.answer: Answer = lambda _ids: None
        self.events: list[Any] = []
        monkeypatch.setattr(cloud.functions, "attempt", self._attempt)
        self.allow(*ACTIONS)

    def _attempt(self, invocation: Invocation) -> None:
        invocation.at.append(self.cloud.clock.now())
        records = invocation.event["Records"]
        self.events += records
        self.batches.append((self.cloud.clock.look(), [each["body"] for each in records]))
        try:
            invocation.answer = self.answer([each["messageId"] for each in records])
        except ValueError as error:
            invocation.error = error

    def allow(self, *actions: str) -> None:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.cloud.client("iam").put_role_policy(RoleName=FUNCTION, PolicyName="Poll", PolicyDocument=document)

    def queue(self, name: str = "jobs", batch: int = 10, window: int = 0, partial: bool = True, **more: str) -> str:
        """Creates a queue with a mapping to the function; returns its URL."""
        url = self.made(name, VisibilityTimeout=str(HELD), **more)
        self.cloud.client("lambda").create_event_source_mapping(
            EventSourceArn=self.arn(url),
            FunctionName=FUNCTION,
            BatchSize=batch,
            MaximumBatchingWindowInSeconds=window,
            FunctionResponseTypes=[PARTIAL] if partial else [],
        )
        return url

    def made(self, name: str, **attributes: str) -> str:
        return str(self.cloud.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    def arn(self, url: str) -> str:
        answer = self.cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(answer["Attributes"]["QueueArn"])

    def send(self, url: str, *bodies: str, **more: Any) -> None:
        for body in bodies:
            self.cloud.client("sqs").send_message(QueueUrl=url, MessageBody=body, **more)

    def in_order(self, url: str, *bodies: str, group: str = "one") -> None:
        for body in bodies:
            self.send(url, body, MessageGroupId=group, MessageDeduplicationId=body)

    def run(self) -> list[list[str]]:
        """Polls until no batch is due; returns the batches of this run."""
        before = len(self.batches)
        self.cloud.settle()
        return [bodies for _, bodies in self.batches[before:]]

    def waits(self, seconds: float) -> None:
        self.cloud.clock.advance(timedelta(seconds=seconds))

    def messages(self, url: str) -> list[Any]:
        answer = self.cloud.client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], VisibilityTimeout=0
        )
        return list(answer.get("Messages", []))

    def passed(self, since: datetime) -> list[int]:
        """Returns the delay of each batch in whole seconds."""
        return [int((at - since).total_seconds()) for at, _ in self.batches]


@pytest.fixture
def rig(deployed: SimulatedAccount, monkeypatch: pytest.MonkeyPatch) -> Rig:
    return Rig(deployed, monkeypatch)


def all_of(ids: list[str]) -> Any:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in ids]}


def failing(_ids: list[str]) -> Any:
    raise ValueError("simulated")


def test_a_batch_is_delivered_when_full_or_after_its_window(rig: Rig) -> None:
    url, since = rig.queue(batch=3, window=60), rig.cloud.clock.look()
    rig.send(url, "a", "b")
    assert rig.run() == [["a", "b"]]
    assert rig.passed(since) == [60]
    since = rig.cloud.clock.look()
    rig.send(url, *"cdefg")
    assert rig.run() == [["c", "d", "e"], ["f", "g"]]
    assert rig.passed(since)[1:] == [0, 60]


def test_without_a_window_messages_are_delivered_at_once(rig: Rig) -> None:
    url, since = rig.queue(batch=2), rig.cloud.clock.look()
    rig.send(url, "a", "b", "c")
    assert rig.run() == [["a", "b"], ["c"]]
    assert rig.passed(since) == [0, 0]
    assert rig.messages(url) == []


def test_a_record_has_its_queue_and_region(rig: Rig) -> None:
    url = rig.queue()
    rig.send(url, "a")
    rig.run()
    [record] = rig.events
    assert (record["eventSource"], record["eventSourceARN"]) == ("aws:sqs", rig.arn(url))
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


@pytest.mark.parametrize("answer", [failing, all_of])
def test_failed_messages_are_delivered_again_after_the_visibility_timeout(rig: Rig, answer: Answer) -> None:
    url, since = rig.queue(), rig.cloud.clock.look()
    rig.answer = answer
    rig.send(url, "a", "b")
    assert rig.run() == [["a", "b"]] * TRIES
    assert rig.passed(since) == [0, HELD, 2 * HELD]
    assert [each["attributes"]["ApproximateReceiveCount"] for each in rig.events[::2]] == ["1", "2", "3"]
    rig.answer = lambda _ids: None
    assert rig.run() == [], "it is held"
    rig.waits(HELD)
    assert rig.run() == [["a", "b"]]
    assert rig.messages(url) == []


def test_only_messages_reported_as_failed_stay(rig: Rig) -> None:
    url = rig.queue()
    rig.answer = lambda ids: all_of(ids[1:2])
    rig.send(url, "a", "b", "c")
    assert rig.run()[:2] == [["a", "b", "c"], ["b"]]


def test_without_partial_responses_the_return_value_is_ignored(rig: Rig) -> None:
    url = rig.queue(partial=False)
    rig.answer = all_of
    rig.send(url, "a")
    assert rig.run() == [["a"]]
    assert rig.messages(url) == []


def test_a_delayed_message_is_not_delivered_early(rig: Rig) -> None:
    url, since = rig.queue(), rig.cloud.clock.look()
    rig.send(url, "late", DelaySeconds=90)
    rig.send(url, "now")
    assert rig.run() == [["now"], ["late"]]
    assert rig.passed(since) == [0, 90]


def test_a_fifo_group_is_delivered_in_order_and_blocked_by_a_failed_batch(rig: Rig) -> None:
    url = rig.queue("jobs.fifo", batch=2, FifoQueue="true")
    since, tries = rig.cloud.clock.look(), iter([failing, failing])
    rig.answer = lambda ids: next(tries, lambda _ids: None)(ids)
    rig.in_order(url, *"abcde")
    assert rig.run() == [["a", "b"], ["a", "b"], ["a", "b"], ["c", "d"], ["e"]]
    assert rig.passed(since) == [0, HELD, 2 * HELD, 2 * HELD, 2 * HELD]


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_fifo_queue_drops_duplicates_for_five_minutes(rig: Rig, is_taken: bool) -> None:
    url = rig.queue("jobs.fifo", FifoQueue="true")
    ran = []
    for seconds in (299, 2, 0):
        rig.in_order(url, "a")
        ran += rig.run() if is_taken else []
        rig.waits(seconds)
    assert (ran or [[each["Body"]] for each in rig.messages(url)]) == [["a"], ["a"]]


@pytest.mark.parametrize("ending", ["", ".fifo"])
def test_a_message_with_max_receives_goes_to_the_dead_letter_queue(rig: Rig, ending: str) -> None:
    fifo = {"FifoQueue": "true"} if ending else {}
    dead = rig.made(f"dead{ending}", **fifo)
    policy = json.dumps({"deadLetterTargetArn": rig.arn(dead), "maxReceiveCount": 2})
    url = rig.queue(f"jobs{ending}", RedrivePolicy=policy, **fifo)
    rig.answer = failing
    rig.in_order(url, "a") if ending else rig.send(url, "a")
    assert rig.run() == [["a"]] * 2
    assert rig.messages(url) == []
    [message] = rig.messages(dead)
    assert (message["Body"], message["Attributes"]["DeadLetterQueueSourceArn"]) == ("a", rig.arn(url))


@pytest.mark.parametrize("missing", ACTIONS)
def test_a_role_without_permission_to_poll_is_denied(rig: Rig, missing: str) -> None:
    url = rig.queue()
    rig.allow(*(each for each in ACTIONS if each != missing))
    rig.send(url, "a")
    with pytest.raises(ClientError, match=f"not authorized to perform: {missing} on resource: {rig.arn(url)}"):
        rig.cloud.settle()


def test_a_deleted_queue_is_not_polled(rig: Rig) -> None:
    url = rig.queue()
    rig.send(url, "a")
    rig.cloud.client("sqs").delete_queue(QueueUrl=url)
    assert rig.run() == []


def test_the_alarm_on_message_age_lasts_until_the_message_is_processed(rig: Rig) -> None:
    url = rig.made("jobs")
    alarm = {
        "alarm_name": "old",
        "namespace": "AWS/SQS",
        "metric_name": "ApproximateAgeOfOldestMessage",
        "dimensions": {"QueueName": "jobs"},
        "statistic": "Maximum",
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 1_800,
        "period": 300,
        "evaluation_periods": 1,
        "treat_missing_data": "notBreaching",
    }

    def state(minutes: int) -> State:
        rig.waits(60 * minutes)
        rig.run()
        return Alarms([alarm], rig.cloud.telemetry()).states(rig.cloud.clock.now())["old"]

    assert state(0) == State.OK
    rig.send(url, "a", "b")
    assert [state(minutes) for minutes in (0, 25, 10)] == [State.OK, State.OK, State.ALARM]
    ages = rig.cloud.telemetry().get("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "jobs"})
    assert max(age for _, age in ages) == pytest.approx(35 * 60, abs=1)
    rig.cloud.client("sqs").purge_queue(QueueUrl=url)
    assert [state(minutes) for minutes in (0, 10)] == [State.ALARM, State.OK]
