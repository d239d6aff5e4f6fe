import json

from modules.resources.sqs import DurableQueue
from tests.support.workbench import Workbench, statements


def test_messages_are_encrypted_and_kept_for_fourteen_days(workbench: Workbench) -> None:
    DurableQueue(workbench.stack, "rejects", deployment=workbench.deployment, resource_type="rejects")
    queue = workbench.one("aws_sqs_queue")
    assert (queue["name"], queue["message_retention_seconds"]) == ("rejects-dev-ew1", 14 * 24 * 60 * 60)
    assert queue["sqs_managed_sse_enabled"] is True
    assert not {"fifo_queue", "redrive_policy", "visibility_timeout_seconds"} & queue.keys()
    assert list(statements(workbench.one("aws_sqs_queue_policy")["policy"])) == ["DenyWithoutTls"]


def test_a_fifo_queue_with_a_dead_letter_queue(workbench: Workbench) -> None:
    given = {"deployment": workbench.deployment, "resource_type": "jobs", "dead_letter_queue": "arn:dead"}
    DurableQueue(workbench.stack, "jobs", in_order=True, visibility_seconds=360, **given)  # type: ignore[arg-type]
    queue = workbench.one("aws_sqs_queue")
    assert (queue["name"], queue["fifo_queue"]) == ("jobs-dev-ew1.fifo", True)
    assert queue["visibility_timeout_seconds"] == 360
    assert json.loads(queue["redrive_policy"]) == {"deadLetterTargetArn": "arn:dead", "maxReceiveCount": 1000}


def test_functions_and_event_rules_may_put_failed_events_in(workbench: Workbench) -> None:
    queue = workbench.dead_letter_queue
    queue.grant_send(workbench.make_function("worker", is_polled=True))
    queue.accept_from("arn:one")
    queue.accept_from("arn:two")
    assert workbench.granted()["KeepFailures"]["Action"] == ["sqs:SendMessage"]
    found = statements(workbench.one("aws_sqs_queue_policy")["policy"])
    assert found["KeepUndelivered"]["Principal"] == {"Service": "events.amazonaws.com"}
    assert found["KeepUndelivered"]["Condition"] == {"ArnEquals": {"aws:SourceArn": ["arn:one", "arn:two"]}}
