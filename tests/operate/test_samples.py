"""Values of the shipped examples stop a deployment, and nothing else does."""

from pathlib import Path

import pytest

from operate import samples
from operate.checks import Status
from operate.commands import preflight
from settings.load import load
from settings.model import Settings
from simulation.aws.account import SimulatedAccount
from tests.support.example import file

OWN = (("111122223333", "210987654321"), ("a@example.com", "risk@bank-of-somewhere.eu"))


def test_the_shipped_environment_is_refused_with_each_key(dev: Settings) -> None:
    found = list(samples.left(dev))
    assert {check.status for check in found} == {Status.BROKEN}
    assert [check.what.partition(" ")[0].rstrip(":") for check in found] == [
        "account_id",
        *(f"alerts.{word}" for word in ("critical", "high", "medium", "low", "operations")),
        "summary.readers",
    ]


def test_a_bank_s_own_values_are_taken(tmp_path: Path) -> None:
    assert list(samples.left(load(file(tmp_path, *OWN)))) == []


@pytest.mark.parametrize("address", ["a@mail.example.org", "a@bank.test", "a@bank.invalid", "A@EXAMPLE.COM"])
def test_addresses_in_reserved_domains(address: str) -> None:
    assert samples.RESERVED.search(address)


@pytest.mark.parametrize("address", ["a@example.com.bank.eu", "a@myexample.com", "a@test.eu", "example.com@bank.eu"])
def test_addresses_in_other_domains(address: str) -> None:
    assert not samples.RESERVED.search(address)


@pytest.mark.parametrize(("action", "count"), [("deploy", 7), ("diff", 0), ("destroy", 0)])
def test_preflight_says_so_before_it_changes_anything(
    action: str, count: int, cloud: SimulatedAccount, dev: Settings
) -> None:
    words = ("is an example value", "is in a reserved domain")
    found = [each for each in preflight.checked(dev, action) if each.what.endswith(words)]
    assert len(found) == count
