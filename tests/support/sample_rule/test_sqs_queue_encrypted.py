"""The remediation of SQS queues: what the test of all remediations (test_created.py) does not see."""

import pytest
from handlers.rules.sqs_queue_encrypted.remediation import MANAGED, EncryptQueue

from handlers.common.model.remediation import NotRemediableError, Target
from simulation.aws.account import SimulatedAccount

REMEDIATION = EncryptQueue()


def queue(cloud: SimulatedAccount, **attributes: str) -> Target:
    url = cloud.client("sqs").create_queue(QueueName="payments", Attributes=attributes)["QueueUrl"]
    return Target(cloud.account, cloud.region, "AWS::SQS::Queue", url, "payments")


def test_encrypted_queue_needs_no_change(cloud: SimulatedAccount) -> None:
    target = queue(cloud, **{MANAGED: "true"})
    state = REMEDIATION.read(target)
    assert state == REMEDIATION.desired(state, target, {}) == {MANAGED: True}


def test_deleted_queue_is_not_remediable(cloud: SimulatedAccount) -> None:
    target = queue(cloud)
    cloud.client("sqs").delete_queue(QueueUrl=target.resource_id)
    with pytest.raises(NotRemediableError, match="payments no longer exists"):
        REMEDIATION.read(target)


def test_queue_is_found_by_its_name(cloud: SimulatedAccount) -> None:
    target = queue(cloud)
    assert REMEDIATION.find(cloud.region, "payments") == target.resource_id
    assert REMEDIATION.find(cloud.region, "letters") is None
    assert REMEDIATION.name_of("AWS::SQS::Queue", target.resource_id, None) == "payments"
