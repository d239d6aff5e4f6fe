from pathlib import Path
from typing import Any

import pytest

from settings.model import Settings
from settings.remediation import remediations
from tests.settings.test_model import document as settings_document
from tests.support.example import EC2, RDS, S3
from tests.support.resources import Document, of_type
from tests.support.variants import by_address, stack

AWAY = "eu-central-1"


def monitoring(*regions: str) -> tuple[str, str]:
    listed = ", ".join(f'"{region}"' for region in regions)
    return "#TOP", f"monitored_regions = [{listed}]\n#TOP"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return stack(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return stack(tmp_path_factory.mktemp("three"), monitoring("eu-west-1", AWAY, "eu-north-1"))


def test_another_region_brings_its_own_resources_only(one: Document, three: Document, tmp_path: Path) -> None:
    two = by_address(stack(tmp_path, monitoring("eu-west-1", "eu-north-1")))
    with_it = by_address(three)
    assert two.keys() - with_it.keys() == set()
    added = {address: with_it[address] for address in with_it.keys() - two.keys()}
    assert all(AWAY in address for address in added)
    assert {kind.partition(".")[0] for kind in added} == {
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_event_target",
        "aws_config_aggregate_authorization",
        "aws_config_config_rule",
        "aws_config_configuration_recorder",
        "aws_config_configuration_recorder_status",
        "aws_config_delivery_channel",
    }


def test_what_changes_elsewhere_is_what_must_know_of_the_region(three: Document, tmp_path: Path) -> None:
    two = by_address(stack(tmp_path, monitoring("eu-west-1", "eu-north-1")))
    changed = {address for address, arguments in two.items() if by_address(three)[address] != arguments}
    names = {address.rpartition("_")[0] for address in changed}
    assert names == {
        "aws_cloudwatch_dashboard.dashboard",
        "aws_config_configuration_aggregator.aggregator",
        "aws_iam_role_policy.evaluate_EvaluateRules",
        "aws_iam_role_policy.report_ReadResults",
        "aws_lambda_function.evaluate",
        *(f"aws_lambda_function.remediations_remediate-{remediations()[rule].name}" for rule in (EC2, RDS, S3)),
        "aws_lambda_function.report",
    }


def test_the_first_other_region_brings_the_way_home(one: Document, three: Document) -> None:
    added = by_address(three).keys() - by_address(one).keys()
    of_no_region = {address.rpartition("_")[0] for address in added if "eu-" not in address}
    assert of_no_region == {"aws_iam_role.regions_forwarding", "aws_iam_role_policy.regions_forwarding_put"}


def test_a_region_that_goes_keeps_the_provider_that_removes_what_was_in_it(one: Document, three: Document) -> None:
    before = {provider.get("alias") for provider in three["provider"]["aws"]}
    assert before <= {provider.get("alias") for provider in one["provider"]["aws"]}


def test_authorizations_are_made_in_the_region_they_are_of(three: Document) -> None:
    authorizations = of_type(three, "aws_config_aggregate_authorization")
    assert {found.get("provider", "aws") for found in authorizations.values()} == {
        "aws",
        f"aws.{AWAY}",
        "aws.eu-north-1",
    }
    assert {found["authorized_aws_region"] for found in authorizations.values()} == {"eu-west-1"}
    (aggregator,) = of_type(three, "aws_config_configuration_aggregator").values()
    assert aggregator["account_aggregation_source"]["regions"] == [AWAY, "eu-north-1", "eu-west-1"]


def test_no_name_is_taken_twice_in_a_region(three: Document) -> None:
    for kind in ("aws_config_config_rule", "aws_cloudwatch_event_rule", "aws_config_configuration_recorder"):
        names = [(found.get("region"), found["name"]) for found in of_type(three, kind).values()]
        assert len(set(names)) == len(names)


def test_the_home_region_need_not_be_monitored(tmp_path: Path) -> None:
    document = stack(tmp_path, monitoring(AWAY))
    assert {found["region"] for found in of_type(document, "aws_config_config_rule").values()} == {AWAY}
    assert "region" not in next(iter(of_type(document, "aws_sns_topic").values()))


def existing(document: Document, region: str) -> set[str]:
    kinds = ("configuration_recorder", "configuration_recorder_status", "delivery_channel")
    return {
        address
        for kind in kinds
        for address, found in of_type(document, f"aws_config_{kind}").items()
        if found["region"] == region
    }


def test_an_existing_recorder_is_left_alone(tmp_path: Path) -> None:
    regions = monitoring("eu-west-1", AWAY)
    document = stack(tmp_path, regions, ("#TOP", 'recorder = {eu-west-1 = "create", eu-central-1 = "existing"}'))
    assert existing(document, AWAY) == set()
    assert len(existing(document, "eu-west-1")) == 3
    rules = [found for found in of_type(document, "aws_config_config_rule").values() if found["region"] == AWAY]
    assert len(rules) == 3
    assert not [found for found in rules if found.get("depends_on")]


def test_where_all_recorders_exist_nothing_of_recording_is_ours(tmp_path: Path) -> None:
    document = stack(tmp_path, ("#TOP", 'recorder = "existing"'))
    assert existing(document, "eu-west-1") == set()
    assert not [address for address in by_address(document) if "recording" in address or "delivery" in address]


MIXED = {AWAY: "existing", "eu-west-1": "create"}


@pytest.mark.parametrize(
    ("given", "regions", "wanted"),
    [
        ({}, ("eu-west-1",), {"eu-west-1": "create"}),
        ({"recorder": "existing"}, ("eu-west-1", AWAY), {"eu-west-1": "existing", AWAY: "existing"}),
        (
            {"recorder": {AWAY: "existing", "eu-west-1": "create"}},
            ("eu-west-1", AWAY),
            {"eu-west-1": "create", AWAY: "existing"},
        ),
    ],
)
def test_every_region_has_its_recorder(given: dict[str, Any], regions: tuple[str, ...], wanted: dict[str, str]) -> None:
    settings = Settings.model_validate(settings_document(monitored_regions=list(regions), **given))
    assert settings.recorder == wanted
