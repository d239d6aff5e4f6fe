import pytest

from tests.support.remediation_account import Bank


@pytest.fixture
def bank(aws: None, monkeypatch: pytest.MonkeyPatch) -> Bank:
    return Bank(monkeypatch)
