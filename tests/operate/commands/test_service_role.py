"""AWS Config's service-linked role is made once per account, and only where a recorder of ours needs it."""

from pathlib import Path

import boto3
import pytest

from operate.__main__ import main
from operate.checks import Status
from operate.commands import service_role
from settings.model import Settings
from settings.recording import CONFIG, ROLE
from simulation.aws.account import SimulatedAccount
from simulation.terraform.resources.config import NoRecorderRoleError
from tests.conftest import START


@pytest.fixture
def lacking(cloud: SimulatedAccount) -> SimulatedAccount:
    """An account in which AWS Config was never used."""
    cloud.client("iam").delete_role(RoleName=ROLE)
    return cloud


def test_it_is_made_where_it_is_missing_and_found_afterwards(
    lacking: SimulatedAccount, stacks: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(
        NoRecorderRoleError, match=f"InvalidRole: .*/{CONFIG}/{ROLE} of recorder recorder-dev-ew1 does not exist"
    ):
        lacking.deploy(stacks["dev"])
    assert [main(["service-role", "dev"]) for _ in range(2)] == [0, 0]
    assert capsys.readouterr().out.splitlines() == [f"{ROLE} created", f"{ROLE} exists already"]
    lacking.deploy(stacks["dev"])


def test_no_one_takes_it_away(cloud: SimulatedAccount, stacks: dict[str, Path]) -> None:
    cloud.deploy(stacks["dev"])
    cloud.destroy()
    found = cloud.client("iam").get_role(RoleName=ROLE)["Role"]
    assert found["Arn"] == f"arn:aws:iam::{cloud.account}:role/aws-service-role/{CONFIG}/{ROLE}"


def test_credentials_of_another_account_are_refused(dev: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedAccount("999988887777", dev.home_region, START):
        assert main(["service-role", "dev"]) == 2
    assert capsys.readouterr().err == "the credentials are for account 999988887777, account_id is 111122223333\n"


def test_preflight_says_what_deploy_will_do(lacking: SimulatedAccount, dev: Settings) -> None:
    [check] = service_role.before(dev)
    assert (check.status, check.what) == (Status.ATTENTION, f"AWS Config's role {ROLE} does not exist")
    assert check.remedy == "python -m operate service-role dev; `make deploy` runs this"


def test_existing_recorders_need_none(
    lacking: SimulatedAccount, dev: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = dev.model_copy(update={"recorder": dict.fromkeys(dev.monitored_regions, "existing")})
    monkeypatch.setattr(service_role, "settings_of", lambda _: given)
    assert list(service_role.before(given)) == []
    assert main(["service-role", "dev"]) == 0
    assert "not required" in capsys.readouterr().out
    assert ROLE not in str(boto3.client("iam").list_roles()["Roles"])
