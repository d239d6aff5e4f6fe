"""Shared by all tests: one synthesis of the shipped environments, and a simulated account with a deployment."""

import gc
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modules.resources import lambda_archive as bundle
from settings.load import load
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.saved import Saved
from simulation.demo import estate

# Variables of the caller's shell must not affect tests.
for variable in ("ENVIRONMENT_SUFFIX", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
    os.environ.pop(variable, None)

# Objects of moto and botocore live until the end; collecting garbage among them repeatedly is slow.
gc.set_threshold(100_000, 50, 100)


def pytest_collection_finish() -> None:
    """Exempts loaded modules from garbage collection."""
    gc.freeze()


def pytest_unconfigure() -> None:
    """Skips garbage collection at the end of the process."""
    gc.freeze()


ROOT = Path(__file__).parent.parent

# Several processes of tests write archives of the same name.
bundle.BUILD /= os.environ.get("PYTEST_XDIST_WORKER", "tests")
START = datetime(2026, 3, 1, 0, 15, tzinfo=UTC)


@pytest.fixture(scope="session")
def environments() -> dict[str, Settings]:
    """The shipped environments, by name."""
    return {name: load(ROOT / "environments" / f"{name}.toml") for name in ("dev", "prod")}


@pytest.fixture(scope="session")
def dev(environments: dict[str, Settings]) -> Settings:
    return environments["dev"]


@pytest.fixture(scope="session")
def output(environments: dict[str, Settings], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of one synthesis of all shipped environments."""
    folder = tmp_path_factory.mktemp("cdktf.out")
    # Loading cdktf starts Node.js, which most tests can do without.
    from modules.app import synthesize

    synthesize(environments.values(), folder)
    return folder


@pytest.fixture(scope="session")
def stacks(output: Path) -> dict[str, Path]:
    """The synthesized stacks' folders, by environment."""
    return {name: output / "stacks" / f"compliance-{name}" for name in ("dev", "prod")}


@pytest.fixture(scope="session")
def documents(stacks: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """The synthesized Terraform JSON, by environment."""
    return {name: json.loads((folder / "cdk.tf.json").read_text()) for name, folder in stacks.items()}


@pytest.fixture(scope="session")
def deployment(dev: Settings, stacks: dict[str, Path]) -> Saved:
    """The simulated account with the dev environment deployed, once per process."""
    with SimulatedAccount(dev.account_id, dev.home_region, START) as account:
        account.deploy(stacks["dev"])
        return Saved(account)


@pytest.fixture(scope="session")
def estate_recorded(deployment: Saved, dev: Settings) -> Saved:
    """The same with the made-up estate, recorded and evaluated."""
    with deployment.again() as account:
        estate.seed(account, dev)
        account.record()
        return Saved(account)


@pytest.fixture
def cloud(dev: Settings) -> Iterator[SimulatedAccount]:
    """An empty simulated account."""
    with SimulatedAccount(dev.account_id, dev.home_region, START) as account:
        yield account


@pytest.fixture
def deployed(deployment: Saved) -> Iterator[SimulatedAccount]:
    """A copy of the account with the dev environment deployed, of the test's own."""
    with deployment.again() as account:
        yield account
