"""What recorders of ours record besides what the rules need."""

from pathlib import Path
from typing import Any

import pytest

from modules.app import synthesize
from settings.errors import SettingsError
from settings.load import load
from simulation.aws.account import SimulatedAccount
from simulation.demo import estate
from tests.conftest import START
from tests.modules.aws_config.test_regions import monitoring
from tests.support.example import file
from tests.support.resources import Document, of_type
from tests.support.variants import stack

HOME, AWAY = "eu-west-1", "eu-central-1"


def also(value: str) -> tuple[str, str]:
    return "#TOP", f"also_record = {value}\n#TOP"


def groups(document: Document) -> dict[str, Any]:
    found = of_type(document, "aws_config_configuration_recorder").values()
    return {each["region"]: each["recording_group"] for each in found}


def test_further_types_are_added_and_global_ones_in_the_home_region_only(tmp_path: Path) -> None:
    few = groups(stack(tmp_path / "few", monitoring(HOME, AWAY)))
    more = groups(stack(tmp_path / "more", monitoring(HOME, AWAY), also('["AWS::EC2::VPC", "AWS::IAM::Role"]')))
    added = {region: set(more[region]["resource_types"]) - set(few[region]["resource_types"]) for region in few}
    assert added == {HOME: {"AWS::EC2::VPC", "AWS::IAM::Role"}, AWAY: {"AWS::EC2::VPC"}}


def test_all_is_every_type_and_the_global_ones_in_the_home_region_only(tmp_path: Path) -> None:
    found = groups(stack(tmp_path, monitoring(HOME, AWAY), also('"all"')))
    for region, group in found.items():
        assert group["all_supported"] is True
        assert group["recording_strategy"] == [{"use_only": "ALL_SUPPORTED_RESOURCE_TYPES"}]
        assert group["include_global_resource_types"] is (region == HOME)
        assert "resource_types" not in group


def test_a_recorder_of_all_types_records_what_the_rules_need(tmp_path: Path) -> None:
    settings = load(file(tmp_path, also('"all"')))
    synthesize([settings], tmp_path / "out")
    with SimulatedAccount(settings.account_id, settings.home_region, START) as cloud:
        cloud.deploy(tmp_path / "out" / "stacks" / settings.stack_name)
        estate.make_bucket(cloud, "ledger", estate.AES256)
        cloud.record()
        results = cloud.config.results(HOME, "s3-bucket-default-encryption-kms-test-ew1")
        assert results["AWS::S3::Bucket", "ledger"].compliance_type == "NON_COMPLIANT"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            '["AWS::EC2::Vpc"]',
            'also_record[0] = "AWS::EC2::Vpc": not a resource type of AWS Config; allowed: did you mean',
        ),
        ('["all"]', 'also_record[0] = "all": not a resource type of AWS Config'),
        ('"none"', 'also_record = "none": must be a list'),
        ("5", "also_record = 5: must be a list"),
    ],
)
def test_what_config_does_not_record_is_refused(tmp_path: Path, value: str, said: str) -> None:
    with pytest.raises(Exception, match="also_record") as refused:
        load(file(tmp_path, also(value)))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("#TOP", 'recorder = "existing"\nalso_record = "all"')], "has no effect: all recorders exist already"),
        ([("#TOP", 'recorder = "existing"\nalso_record = ["AWS::EC2::VPC"]')], "has no effect"),
        (
            [also('["AWS::IAM::Role"]'), monitoring(AWAY)],
            'also_record[0] = "AWS::IAM::Role": recorded in the home region',
        ),
        ([also('["AWS::IAM::Role"]'), ('home_region = "eu-west-1"', 'home_region = "eu-central-2"')], "eu-central-2"),
    ],
)
def test_what_no_recorder_of_ours_would_record_is_refused(
    tmp_path: Path, changes: list[tuple[str, str]], said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(file(tmp_path, *changes))
    assert said in str(refused.value)
