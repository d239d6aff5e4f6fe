"""An operator's terminal for an account with remediations."""

from typing import Any

import boto3
import pytest

from handlers.common.model.remediation import Mode
from operate import deployed_environment as deployed
from operate import identity as caller
from operate.__main__ import main
from settings.model import Settings
from settings.sections import RemediationSettings
from tests.support.remediation_account import APPROVER, RemediationAccount


class OperatorTerminal:
    """Runs commands as a caller."""

    def __init__(self, bank: RemediationAccount, dev: Settings, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.bank = bank
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self._settings = dev
        # A boto3 session that a command creates must not outlive the test.
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.DEFAULT_SESSION)
        self.sit_down(APPROVER)

    def sit_down(self, who: str) -> None:
        """Changes the caller."""
        self._monkeypatch.setattr(caller, "identified", lambda _settings: who)

    def configure(self, mode: Mode, rule: str | None = None, **more: Any) -> None:
        """Sets a remediation in the environment's settings."""
        remediation = RemediationSettings(mode=mode, scope=("x",), **more)
        chosen = {**self._settings.remediation, rule or self.bank.rule: remediation}
        settings = self._settings.model_copy(update={"remediation": chosen})
        self._monkeypatch.setattr(deployed, "load_all", lambda _folder: (settings,))

    def run(self, *arguments: str, code: int = 0) -> str:
        """Runs a command; returns its standard output and error."""
        assert main(arguments) == code, self._capsys.readouterr()
        output = self._capsys.readouterr()
        return str(output.out + output.err)
