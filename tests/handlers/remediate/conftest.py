import pytest

from tests.support.remediation_account import RemediationAccount


@pytest.fixture
def bank(aws: None, monkeypatch: pytest.MonkeyPatch) -> RemediationAccount:
    return RemediationAccount(monkeypatch)
