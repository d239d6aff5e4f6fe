"""The setting `keys` is deployed to the rule and its remediation."""

from pathlib import Path
from typing import Any

import pytest

from handlers.common.model.events import COMPLIANT
from handlers.common.stores.report_bucket import PLANS
from handlers.remediate.plan import Plan
from modules.app import synthesize
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.demo import estate, own_rules
from tests.conftest import START

MANY = tuple(f"arn:aws:kms:eu-west-1:111122223333:key/3f1c9a52-7d4e-4b8a-9c55-{number:012}" for number in range(60))


def with_keys(dev: Settings, keys: str | tuple[str, ...]) -> Settings:
    table: Any = dev.rules.s3_bucket_default_encryption_kms.model_copy(update={"keys": keys})
    rules: Any = dev.rules.model_copy(update={"s3_bucket_default_encryption_kms": table})
    return dev.monitoring(dev.account_id, dev.home_region).model_copy(update={"rules": rules})


def deploy(cloud: SimulatedAccount, settings: Settings, folder: Path) -> None:
    synthesize([settings], folder)
    cloud.deploy(folder / "stacks" / settings.stack_name)
    estate.seed(cloud, settings)
    cloud.record()


@pytest.mark.parametrize("keys", ["customer", "account", MANY], ids=["customer", "account", "list"])
def test_the_systems_own_buckets_are_compliant(dev: Settings, tmp_path: Path, keys: Any) -> None:
    with SimulatedAccount(dev.account_id, dev.home_region, START) as cloud:
        deploy(cloud, with_keys(dev, keys), tmp_path)
        results = cloud.config.results(dev.home_region, f"{own_rules.S3}-dev-ew1")
    own = {name: result.compliance_type for (_, name), result in results.items() if name.startswith("compliance-")}
    assert own == dict.fromkeys(["compliance-delivery-dev-ew1", "compliance-reports-dev-ew1"], COMPLIANT)
    assert results["AWS::S3::Bucket", "ledger-archive-dev"].compliance_type == COMPLIANT
    assert results["AWS::S3::Bucket", f"{estate.PLANNED_BUCKET}-dev"].compliance_type != COMPLIANT


def test_a_long_list_reaches_the_deployed_remediation(dev: Settings, tmp_path: Path) -> None:
    with SimulatedAccount(dev.account_id, dev.home_region, START) as cloud:
        deploy(cloud, with_keys(dev, MANY), tmp_path)
        ran = cloud.fire("remediate-s3-encryption-on-schedule-dev-ew1")
        assert not [invocation.error for invocation in ran if invocation.error]
        s3, reports = cloud.client("s3"), "compliance-reports-dev-ew1"
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=reports, Prefix=PLANS)["Contents"]]
        plans = [Plan.from_json(s3.get_object(Bucket=reports, Key=key)["Body"].read()) for key in keys]
    assert {plan.document["name"] for plan in plans} == set(dev.remediation[own_rules.S3].scope)
    assert all(plan.after["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == MANY[0] for plan in plans)


def test_a_list_too_long_for_a_policy_is_rejected_by_name(dev: Settings, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"allowed: 10000: shorten the list in .rules.s3-bucket"):
        others = tuple(key.replace("3f1c9a52", "4f1c9a52") for key in MANY)
        synthesize([with_keys(dev, MANY + others)], tmp_path)
