import pytest

from handlers.common.model.remediation import Mode
from settings.model import Settings
from tests.handlers.conftest import StandingClock, aws, time
from tests.support.remediation import OperatorTerminal
from tests.support.remediation_account import RemediationAccount

__all__ = ["StandingClock", "aws", "time"]


@pytest.fixture
def bank(aws: None, monkeypatch: pytest.MonkeyPatch) -> RemediationAccount:
    return RemediationAccount(monkeypatch)


@pytest.fixture
def desk(
    bank: RemediationAccount, dev: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> OperatorTerminal:
    found = OperatorTerminal(bank, dev, monkeypatch, capsys)
    found.configure(Mode.APPROVE)
    return found
