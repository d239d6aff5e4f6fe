"""One fault in one call loses nothing: retries, redriven events and reports complete the work."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from prove.faults import Trial, trials
from prove.world import STAGES, START, World, deployed
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.faults import Fault

EVERY = int(os.environ.get("PROVE_EVERY", "25"))
"""`make prove` runs every n-th case; with 1, all of them."""


@pytest.fixture
def world(dev: Settings, tmp_path: Path) -> Iterator[World]:
    with SimulatedAccount(dev.account_id, dev.home_region, START) as cloud:
        yield deployed(cloud, tmp_path)


def failures(cases: list[Trial]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(trial.stage, str(trial.met), trial.problems) for trial in cases if trial.problems]


def test_an_operation_that_keeps_failing(world: World) -> None:
    [down] = trials(world, lambda number: number == 4, STAGES[:1])
    assert ({fault for _, fault in down.met}, down.redriven) == ({Fault.DOWN}, 1)
    assert failures([down]) == []


@pytest.mark.thorough
def test_faults_in_calls_of_every_stage(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    cases = list(trials(world, lambda number: number % EVERY == 0))
    with capsys.disabled():
        doubled, redriven = sum(bool(trial.doubled) for trial in cases), sum(trial.redriven for trial in cases)
        print(f"\nfaults: {len(cases)} cases, {doubled} with repeated actions, {redriven} events redriven")
    assert len({trial.stage for trial in cases}) > len(STAGES) / 2
    assert failures(cases) == []
