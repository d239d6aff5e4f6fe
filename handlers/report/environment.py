"""What the report function is told."""

from dataclasses import dataclass

from handlers.common.variables import Variables


@dataclass(frozen=True, kw_only=True)
class ReportEnvironment(Variables):
    """`settings_digest` is the SHA-256 of the deployed settings; `deadline_days` maps a severity to the days in which a
    finding is to be resolved; remediation modes and scopes are by rule.
    """

    account: str
    regions: tuple[str, ...]
    aggregator: str
    findings_table: str
    report_bucket: str
    settings_digest: str
    deadline_days: dict[str, int]
    remediation_modes: dict[str, str]
    remediation_scopes: dict[str, list[str]]
