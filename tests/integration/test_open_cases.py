"""A case whose closing event failed is closed once by the next report; the next violation is handled."""

import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from handlers.common.model.finding import finding_id
from handlers.common.runtime import clock
from handlers.common.stores import open_cases
from handlers.common.stores.journal import Journal
from handlers.common.stores.report_bucket import AUDIT
from handlers.remediate.progress import Progress, ProgressStore, State
from operate import identity as caller
from operate.commands import rollback
from prove.world import FIXED, STAGES, START, World, deployed
from settings.model import Settings
from settings.resource_names import JOURNAL, NameKind
from simulation.aws.account import SimulatedAccount
from simulation.aws.faults import Called, Fault
from simulation.aws.lambda_runtime import TaskTimedOutError
from simulation.demo import artefacts, own_rules

REMEDIATE = "remediate-s3-encryption-dev-ew1"
DONE = ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]
CLOSED = [*DONE, "VERIFICATION REMEDIATED"]


@pytest.fixture
def world(dev: Settings, tmp_path: Path) -> Iterator[World]:
    with SimulatedAccount(dev.account_id, dev.home_region, START) as cloud:
        yield deployed(cloud, tmp_path)


def outcomes(world: World) -> list[str]:
    keys = artefacts.keys(world.cloud, world.bucket, AUDIT)
    records = [json.loads(artefacts.body(world.cloud, world.bucket, key)) for key in sorted(keys)]
    about = [each for each in records if each["what"].get("resource_id") == FIXED]
    return [f"{each['kind']} {each['what'].get('outcome', '')}" for each in about]


def journal(world: World) -> Journal:
    return Journal(world.cloud.client("dynamodb"), world.settings.name(JOURNAL, NameKind.DYNAMODB_TABLE))


def case(world: World) -> Progress:
    resource = (world.settings.account_id, world.settings.home_region, "AWS::S3::Bucket", FIXED)
    return ProgressStore(journal(world)).get(finding_id(own_rules.S3, *resource))


def listed(world: World) -> list[str]:
    return open_cases.listed(journal(world), own_rules.S3)


def act(world: World, name: str) -> None:
    next(stage for stage in STAGES if stage.name == name).act(world)


def record(world: World) -> None:
    world.cloud.record()
    world.cloud.clock.advance(timedelta(minutes=20))


def encrypt(world: World, **default: str) -> None:
    chosen: Any = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    world.cloud.client("s3").put_bucket_encryption(Bucket=FIXED, ServerSideEncryptionConfiguration=chosen)


def fails(operation: str) -> Callable[[int, Called], Fault | None]:
    """Returns a fault for every call of an operation by the remediation."""
    return lambda _number, called: Fault.THROTTLED if str(called) == f"{REMEDIATE} {operation}" else None


def closing_event_fails(world: World, operation: str = "dynamodb:GetItem") -> None:
    faults, before = world.cloud.guardian.faults, len(world.cloud.invocations)
    faults.choose = fails(operation)
    record(world)
    faults.clear()
    failed = [each for each in world.cloud.invocations[before:] if each.error]
    assert [(each.function, each.attempts) for each in failed] == [(REMEDIATE, 3)]


def report(world: World) -> list[str]:
    """Runs the next scheduled report; returns the functions that its events invoked."""
    world.cloud.clock.advance(timedelta(hours=6))
    ran = world.cloud.fire("report-on-schedule-dev-ew1")
    assert not [each.error for each in ran if each.error]
    return [each.function for each in ran if each.event.get("detail-type") == "Missed Compliance Change"]


def is_handled_again(world: World) -> None:
    """Checks that no event is sent again, and that the next violation is remediated."""
    before = outcomes(world)
    assert (case(world).state, listed(world)) == (State.IDLE, [])
    assert report(world) == []
    encrypt(world, SSEAlgorithm="AES256")
    record(world)
    record(world)
    assert outcomes(world) == [*before, *CLOSED]
    assert (case(world).state, listed(world)) == (State.IDLE, [])


def test_case_killed_after_its_write_is_closed(world: World) -> None:
    """Ends the invocation and its retries right after the write."""
    faults, wrote = world.cloud.guardian.faults, f"{REMEDIATE} s3:PutBucketEncryption"

    def choose(_number: int, called: Called) -> None:
        if wrote in map(str, faults.calls[:-1]) and called.function == REMEDIATE:
            raise TaskTimedOutError("ended")

    faults.choose = choose
    act(world, "violation found and remediated")
    faults.clear()
    assert (case(world).state, outcomes(world)) == (State.IN_PROGRESS, DONE[:2])
    closing_event_fails(world)
    assert (case(world).state, outcomes(world)) == (State.IN_PROGRESS, DONE[:2])
    assert sorted(report(world)) == ["process-dev-ew1", REMEDIATE]
    assert outcomes(world) == CLOSED
    is_handled_again(world)


@pytest.mark.parametrize("operation", ["dynamodb:GetItem", "sqs:SendMessage", "dynamodb:PutItem"])
def test_applied_case_is_closed(world: World, operation: str) -> None:
    act(world, "violation found and remediated")
    closing_event_fails(world, operation)
    assert case(world).state == State.APPLIED
    assert sorted(report(world)) == ["process-dev-ew1", REMEDIATE]
    assert outcomes(world) == CLOSED
    is_handled_again(world)


def test_suspended_case_is_closed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rolls back the remediation and fixes the bucket manually; the event of the fix fails."""
    act(world, "violation found and remediated")
    record(world)
    assert outcomes(world) == CLOSED
    monkeypatch.setattr(caller, "signed_in", lambda _settings: "arn:aws:iam::111122223333:user/ada")
    with redirect_stdout(StringIO()), monkeypatch.context() as patched:
        patched.setattr(clock, "now", world.cloud.clock.now)
        arguments = Namespace(action_id=case(world).plan_id, emergency="incident 4711", yes=True)
        assert rollback.act(world.settings, arguments) == 0
    record(world)
    assert case(world).state == State.SUSPENDED
    encrypt(world, SSEAlgorithm="aws:kms")
    closing_event_fails(world)
    assert case(world).state == State.SUSPENDED
    before = outcomes(world)
    assert sorted(report(world)) == ["process-dev-ew1", REMEDIATE]
    assert outcomes(world) == before
    is_handled_again(world)


def test_case_of_a_deleted_bucket_is_closed(world: World) -> None:
    """Uses the findings table: AWS Config has no result of a deleted bucket."""
    act(world, "violation found and remediated")
    world.cloud.client("s3").delete_bucket(Bucket=FIXED)
    closing_event_fails(world)
    assert sorted(report(world)) == ["process-dev-ew1", REMEDIATE]
    assert outcomes(world) == [*DONE, "VERIFICATION GONE"]
    assert (case(world).state, listed(world)) == (State.IDLE, [])
    assert report(world) == []
