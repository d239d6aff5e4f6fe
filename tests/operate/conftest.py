import pytest

from handlers.common.model.remediation import Mode
from settings.model import Settings
from tests.handlers.conftest import StandingClock, aws, time
from tests.support.remediation import Desk
from tests.support.remediation_account import Bank

__all__ = ["StandingClock", "aws", "time"]


@pytest.fixture
def bank(aws: None, monkeypatch: pytest.MonkeyPatch) -> Bank:
    return Bank(monkeypatch)


@pytest.fixture
def desk(bank: Bank, dev: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    found = Desk(bank, dev, monkeypatch, capsys)
    found.told(Mode.APPROVE)
    return found
