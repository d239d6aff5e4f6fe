from modules.resources.function_queue import Queue
from tests.support.workbench import Workbench


def test_one_function_sends_and_one_receives_in_batches(workbench: Workbench) -> None:
    queue = Queue(
        workbench.stack, "jobs", deployment=workbench.deployment, resource_type="jobs", visibility_seconds=360
    )
    queue.grant_send(workbench.function, "SendJobs", why="hands on jobs")
    queue.feed(workbench.make_function("worker", is_polled=True), "ReceiveJobs", batch=10, window_seconds=20)
    found = workbench.granted()
    assert found["SendJobs"]["Action"] == ["sqs:SendMessage"]
    assert found["ReceiveJobs"]["Action"] == ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    mapping = workbench.one("aws_lambda_event_source_mapping")
    assert (mapping["batch_size"], mapping["maximum_batching_window_in_seconds"]) == (10, 20)
    assert mapping["function_response_types"] == ["ReportBatchItemFailures"]
    assert mapping["scaling_config"] == {"maximum_concurrency": 2}
