import json

from modules.stores.audit_trail import Audit
from tests.support.workbench import Workbench


def test_entries_keep_their_order_and_have_a_fifo_dead_letter_queue(workbench: Workbench) -> None:
    audit = Audit(workbench.stack, "audit-trail", deployment=workbench.deployment)
    audit.grant_append(workbench.function)
    audit.feed(workbench.make_function("audit", is_polled=True))
    ordered = [each for each in workbench.all("aws_sqs_queue") if each.get("fifo_queue")]
    dead, queue = sorted(ordered, key=lambda each: "redrive_policy" in each)
    assert dead["name"].endswith(".fifo") and queue["name"].endswith(".fifo")
    assert json.loads(queue["redrive_policy"])["maxReceiveCount"] == 1000
    assert workbench.granted()["AppendToTrail"]["Action"] == ["sqs:SendMessage"]
    assert workbench.one("aws_lambda_event_source_mapping")["batch_size"] == 10
