"""Lists that would make a policy longer than AWS takes are refused with their key."""

from pathlib import Path

import pytest

from modules.app import synthesize
from settings.errors import SettingsError
from settings.load import load
from simulation.aws.account import SimulatedAccount
from tests.conftest import START
from tests.support.example import file, problems


def keys(count: int) -> tuple[str, str]:
    arns = ", ".join(
        f'"arn:aws:kms:eu-west-1:111122223333:key/{number:08x}-7d4e-4b8a-9c55-0a1b2c3d4e5f"' for number in range(count)
    )
    return "#KEYS", f"keys = [{arns}]"


def buckets(count: int, mode: str = "enforce") -> tuple[str, str]:
    names = ", ".join(f'"a-bucket-of-the-bank-number-{number:03}"' for number in range(count))
    return 'mode = "plan"\nscope = ["ledger"]', f'mode = "{mode}"\nscope = [{names}]'


def refusal(folder: Path, change: tuple[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        load(file(folder, change))
    return str(refused.value)


def test_more_keys_than_a_policy_takes(tmp_path: Path) -> None:
    assert load(file(tmp_path, keys(70)))
    said = refusal(tmp_path, keys(90))
    assert (
        "rules.s3-bucket-default-encryption-kms: with these settings the policy of s3-bucket-default-encryption-kms has"
        in said
    )
    assert "allowed: at most 9880: fewer entries in its list" in said


def test_a_larger_scope_than_a_role_s_policies_take(tmp_path: Path) -> None:
    assert load(file(tmp_path, buckets(80, "plan")))
    said = refusal(tmp_path, buckets(80))
    assert "remediation.s3-bucket-default-encryption-kms.scope: 80 resources need" in said
    assert "allowed: at most 5155: fewer resources" in said


def test_the_largest_scope_that_is_taken_can_be_deployed(tmp_path: Path) -> None:
    """The simulation counts as IAM does: LimitExceeded from 10,240 characters."""
    settings = load(file(tmp_path, buckets(54)))
    refusal(tmp_path, buckets(60))
    synthesize([settings], tmp_path / "out")
    with SimulatedAccount(settings.account_id, settings.home_region, START) as cloud:
        cloud.deploy(tmp_path / "out" / "stacks" / settings.stack_name)


def test_scopes_of_all_rules_must_fit_into_environment_variables(tmp_path: Path) -> None:
    databases = ", ".join(f'"db:a-database-of-the-bank-number-{number:03}"' for number in range(55))
    second = f"[remediation.rds-backup-retention-minimum]\nscope = [{databases}]\n[state]"
    assert load(file(tmp_path, ("[state]", second)))
    [line] = problems(file(tmp_path, buckets(40), ("[state]", second)))
    assert 'remediation = "95 resources": with regions and excluded accounts, the scopes need ' in line
    assert "at most 2996: fewer resources in all scopes" in line
