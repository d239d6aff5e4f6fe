"""Many concurrent writers (a thousand entries in `make prove`): each entry is recorded once, in order."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from handlers.common.runtime import clients
from handlers.common.stores.audit_trail import Entry, Kind, Trail
from handlers.common.stores.report_bucket import AUDIT
from operate import audit_verification as audit
from simulation.aws.account import SimulatedAccount
from simulation.aws.faults import Called, Fault
from simulation.demo import artefacts

BUCKET, QUEUE = "compliance-reports-dev-ew1", "audit-dev-ew1.fifo"
EACH = 10


def entry(resource: int, number: int) -> Entry:
    once = f"{resource}/{number}"
    return Entry(kind=Kind.PLAN, once=once, who={}, what={"resource_id": resource, "number": number}, why={"rule": "x"})


@pytest.fixture
def trail(deployed: SimulatedAccount) -> Trail:
    clients.forget()
    return Trail(deployed.client("sqs").get_queue_url(QueueName=QUEUE)["QueueUrl"])


def files(cloud: SimulatedAccount) -> dict[str, bytes]:
    s3 = cloud.client("s3")
    keys = artefacts.keys(cloud, BUCKET, AUDIT)
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


@pytest.mark.parametrize("resources", [15, pytest.param(100, marks=pytest.mark.thorough)])
def test_many_entries_at_once(deployed: SimulatedAccount, trail: Trail, resources: int) -> None:
    """Sends half of the entries twice, while S3 is temporarily unavailable."""
    down = iter(range(3))
    for number in range(EACH):
        for resource in range(resources):
            trail.append(entry(resource, number))
            if resource % 2:
                trail.append(entry(resource, number))
    deployed.guardian.faults.choose = lambda _number, called: _lost(called, down)
    ran = deployed.settle()
    assert {invocation.function for invocation in ran} == {"audit-dev-ew1"}
    stored = files(deployed)
    written = [json.loads(body)["what"] for _, body in sorted(stored.items())]
    assert len(written) == resources * EACH
    orders: dict[int, list[int]] = {}
    for what in written:
        orders.setdefault(what["resource_id"], []).append(what["number"])
    assert set(map(tuple, orders.values())) == {tuple(range(EACH))}
    assert audit.verify(stored, []).broken == ()
    calls = Counter(called.operation for called in deployed.guardian.faults.calls)
    assert calls["PutObject"] <= 2 * len(written)
    assert sum(calls.values()) <= 2 * len(written)


def _lost(called: Called, down: Iterator[int]) -> Fault | None:
    return Fault.UNHEARD if called.operation == "PutObject" and next(down, None) is not None else None


def test_a_role_with_permission_to_send_may_not_write(deployed: SimulatedAccount) -> None:
    process = deployed.guardian.session("process-dev-ew1", "process-dev-ew1").client("s3", "eu-west-1")
    with pytest.raises(ClientError, match="AccessDenied"):
        process.put_object(Bucket=BUCKET, Key=f"{AUDIT}000000000001.json", Body=b"{}", IfNoneMatch="*")
