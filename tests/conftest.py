"""What all tests share: one synthesis of the shipped environments, and a simulated account to deploy them into."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modules import bundle
from modules.environments import load
from modules.settings import Settings
from modules.synthesis import synthesize
from simulation.cloud import Cloud

# What the caller's shell says of deployments is not meant for tests.
for variable in ("ENVIRONMENT_SUFFIX", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
    os.environ.pop(variable, None)

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


@pytest.fixture
def cloud(dev: Settings) -> Iterator[Cloud]:
    """An empty simulated account."""
    with Cloud(dev.account_id, dev.home_region, START) as account:
        yield account


@pytest.fixture
def deployed(cloud: Cloud, stacks: dict[str, Path]) -> Cloud:
    """The simulated account with the dev environment deployed."""
    cloud.deploy(stacks["dev"])
    return cloud
