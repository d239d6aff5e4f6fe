import pytest

from modules.app import overview
from settings.model import Settings
from tests.support.waivers import waiver

PLAN = "ec2-instance-type-approved (plan), rds-backup-retention-minimum (plan), s3-bucket-default-encryption-kms (plan)"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_overview_counts_what_was_found_in_the_folders(dev: Settings, count: int) -> None:
    settings = dev.with_waivers([waiver(str(number)) for number in range(count)])
    assert overview(settings) == f"own rules: 3, AWS managed rules: 1, waivers: {count}; remediation: {PLAN}"


def test_overview_of_an_environment_without_remediation(dev: Settings) -> None:
    settings = dev.model_copy(update={"remediation": {}, "managed_rules": {}})
    assert overview(settings) == "own rules: 3, AWS managed rules: 0, waivers: 0; remediation: none"
