import pytest

from tests.handlers.remediate.bank import Bank


@pytest.fixture
def bank(aws: None, monkeypatch: pytest.MonkeyPatch) -> Bank:
    return Bank(monkeypatch)
