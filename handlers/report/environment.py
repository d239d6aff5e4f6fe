"""Environment variables of the report function."""

from dataclasses import dataclass

from handlers.common.model.remediation import Mode
from handlers.common.runtime.environment import AccountVariables
from handlers.common.runtime.naming import physical_name


@dataclass(frozen=True, kw_only=True)
class ReportEnvironment(AccountVariables):
    """`settings_digest` is the SHA-256 of the deployed settings; `deadline_days` has the days by severity within which
    a finding must be resolved. Remediation modes and scopes are by rule. `event_bus` is the system's own bus.
    """

    home_region: str
    regions: tuple[str, ...]
    aggregator: str
    findings_table: str
    report_bucket: str
    journal_table: str
    event_bus: str
    settings_digest: str
    deadline_days: dict[str, int]
    remediation_modes: dict[str, str]
    remediation_scopes: dict[str, list[str]]

    @property
    def remediated(self) -> list[str]:
        """The rules with a remediation mode other than off."""
        return [rule for rule, mode in self.remediation_modes.items() if mode != Mode.OFF]

    def config_rule(self, rule: str) -> str:
        """Returns the Config rule's name in the deployment's own account."""
        return physical_name(rule, self.environment, self.environment_suffix)
