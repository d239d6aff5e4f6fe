import pytest

from tests.handlers.conftest import StandingClock
from tests.support.report_account import Account


@pytest.fixture
def account(aws: None, time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An empty account, with the clock at the time of the report."""
    time.pass_by(44 * 60)
    return Account(monkeypatch)
