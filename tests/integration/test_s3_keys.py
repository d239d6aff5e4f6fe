"""What `s3_keys` says is deployed: to the rule, and to its remediation."""

from pathlib import Path
from typing import Any

import pytest

from handlers.common.events import COMPLIANT
from modules.settings import Settings
from modules.synthesis import synthesize
from simulation import estate
from simulation.cloud import Cloud
from tests.conftest import START

LISTED = tuple(f"arn:aws:kms:eu-west-1:111122223333:key/3f1c9a52-7d4e-4b8a-9c55-{number:012}" for number in range(2))


def with_keys(dev: Settings, keys: str | tuple[str, ...]) -> Settings:
    rules: Any = dev.rules.model_copy(update={"s3_keys": keys})
    return dev.monitoring(dev.account_id, dev.home_region).model_copy(update={"rules": rules})


def deploy(cloud: Cloud, settings: Settings, folder: Path) -> None:
    synthesize([settings], folder)
    cloud.deploy(folder / "stacks" / settings.stack_name)
    estate.seed(cloud, settings)
    cloud.record()


@pytest.mark.parametrize("keys", ["customer", "account", LISTED], ids=["customer", "account", "list"])
def test_the_systems_own_buckets_are_compliant(dev: Settings, tmp_path: Path, keys: Any) -> None:
    with Cloud(dev.account_id, dev.home_region, START) as cloud:
        deploy(cloud, with_keys(dev, keys), tmp_path)
        results = cloud.config.results(dev.home_region, f"{estate.S3}-dev-ew1")
    own = {name: found.compliance_type for (_, name), found in results.items() if name.startswith("compliance-")}
    assert own == dict.fromkeys(["compliance-delivery-dev-ew1", "compliance-reports-dev-ew1"], COMPLIANT)
    assert results["AWS::S3::Bucket", "ledger-archive-dev"].compliance_type == COMPLIANT
    assert results["AWS::S3::Bucket", f"{estate.PLANNED_BUCKET}-dev"].compliance_type != COMPLIANT
