from tests.support.workbench import Workbench, statements


def test_functions_and_event_rules_may_put_failed_events_in(workbench: Workbench) -> None:
    queue = workbench.dead_letter_queue
    queue.grant_send(workbench.make_function("worker", is_polled=True))
    queue.accept_from("arn:one")
    queue.accept_from("arn:two")
    assert workbench.granted()["KeepFailures"]["Action"] == ["sqs:SendMessage"]
    found = statements(workbench.one("aws_sqs_queue_policy")["policy"])
    assert found["KeepUndelivered"]["Principal"] == {"Service": "events.amazonaws.com"}
    assert found["KeepUndelivered"]["Condition"] == {"ArnEquals": {"aws:SourceArn": ["arn:one", "arn:two"]}}
