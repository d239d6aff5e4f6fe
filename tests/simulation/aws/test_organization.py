"""An organization's other accounts: deployment of rules, and forwarded events."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from modules.app import synthesize
from settings.load import load
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from simulation.aws.organization import rule_name
from simulation.demo import artefacts, samples
from simulation.terraform.resources.config import NoOrganizationError
from simulation.terraform.resources.organizations import NoRecorderInMemberError
from tests.conftest import START
from tests.modules.aws_config.test_organization_rules import ORGANIZATION
from tests.support.example import file


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(file(tmp_path_factory.mktemp("settings"), ("#TOP", ORGANIZATION)))


@pytest.fixture(scope="module")
def stack(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("organization")
    synthesize([settings], folder)
    return folder / "stacks" / settings.stack_name


@pytest.fixture
def cloud(settings: Settings) -> Iterator[SimulatedAccount]:
    members = samples.organization(settings)
    with SimulatedAccount(settings.account_id, settings.home_region, START, organization=members) as cloud:
        yield cloud


def test_an_account_outside_an_organization_is_rejected(settings: Settings, stack: Path) -> None:
    with (
        SimulatedAccount(settings.account_id, settings.home_region, START) as cloud,
        pytest.raises(
            NoOrganizationError, match="OrganizationAccessDenied: account 111122223333 is not in an organization"
        ),
    ):
        cloud.deploy(stack)


def test_a_member_without_a_recorder_is_refused(cloud: SimulatedAccount, stack: Path) -> None:
    with pytest.raises(NoRecorderInMemberError, match=f"no started recorder in {samples.FORWARDING}, eu-west-1"):
        cloud.deploy(stack)


def accounts(cloud: SimulatedAccount) -> set[str]:
    """Returns the accounts whose changes are processed after a recording."""
    found = {each.event["detail"]["awsAccountId"] for each in cloud.record() if each.function.startswith("process-")}
    return found - {cloud.account}


def test_forwarded_changes_are_processed_and_all_changes_are_reported(cloud: SimulatedAccount, stack: Path) -> None:
    cloud.organization.record(["eu-west-1"])
    cloud.deploy(stack)
    assert accounts(cloud) == {samples.FORWARDING}
    cloud.clock.advance(timedelta(minutes=11))  # the report ignores more recent changes
    cloud.fire("report-on-schedule-test-ew1")
    report = artefacts.last_report(cloud, "compliance-reports-test-ew1")
    assert set(report["accounts"]) == {cloud.account, samples.FORWARDING, samples.SILENT}
    assert report["accounts"][samples.SILENT]["non_compliant"] == 2
    assert report["reconciliation"]["opened"] == 2, "what the other member kept to itself"


def test_members_have_renamed_rules_and_excluded_accounts_have_none(cloud: SimulatedAccount, stack: Path) -> None:
    cloud.organization.record(["eu-west-1"])
    cloud.deploy(stack)
    there = {name: set(each.backend("eu-west-1").config_rules) for name, each in cloud.organization.accounts.items()}
    assert rule_name("rds-backup-retention-minimum-test-ew1", samples.SILENT) in there[samples.SILENT]
    assert len(there[samples.FORWARDING]) == 3 and there["999988887777"] == set()


def test_a_bus_whose_policy_denies_the_organization_gets_no_events(cloud: SimulatedAccount, stack: Path) -> None:
    cloud.organization.record(["eu-west-1"])
    cloud.deploy(stack)
    cloud.client("events").remove_permission(RemoveAllPermissions=True)
    assert accounts(cloud) == set()
