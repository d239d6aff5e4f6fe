"""A remediation that Lambda ends right after its write is finished by the retry of its event, a minute later."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handlers.common.stores.report_bucket import AUDIT
from prove.world import FIXED, STAGES, START, World, deployed
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.faults import Called
from simulation.aws.lambda_runtime import TaskTimedOutError
from simulation.demo import artefacts

WRITE = "remediate-s3-encryption-dev-ew1 s3:PutBucketEncryption"


@pytest.fixture
def world(dev: Settings, tmp_path: Path) -> Iterator[World]:
    with SimulatedAccount(dev.account_id, dev.home_region, START) as cloud:
        yield deployed(cloud, tmp_path)


def records(world: World) -> list[dict[str, Any]]:
    keys = artefacts.keys(world.cloud, world.bucket, AUDIT)
    return [json.loads(artefacts.body(world.cloud, world.bucket, key)) for key in sorted(keys)]


def test_the_retry_records_the_outcome_of_the_write(world: World) -> None:
    faults, killed = world.cloud.guardian.faults, []

    def choose(_number: int, called: Called) -> None:
        if not killed and len(faults.calls) > 1 and str(faults.calls[-2]) == WRITE:
            killed.append(called)
            raise TaskTimedOutError("ended right after the write")

    faults.choose = choose
    stage = next(each for each in STAGES if each.name == "violation found and remediated")
    stage.act(world)
    (ran,) = [
        each
        for each in world.cloud.invocations
        if each.function == "remediate-s3-encryption-dev-ew1" and len(each.failures) > 0
    ]
    assert len(killed) == 1
    assert (ran.attempts, ran.error) == (2, None)
    assert (ran.at[1] - ran.at[0]).total_seconds() < 90
    assert Counter(map(str, faults.calls))[WRITE] == 1
    kinds = [
        f"{each['kind']} {each['what']['outcome']}"
        for each in records(world)
        if each["what"].get("resource_id") == FIXED
    ]
    assert kinds == ["PLAN WOULD_REMEDIATE", "INTENT APPLIED", "OUTCOME APPLIED"]
