"""What the report function is told."""

from dataclasses import dataclass

from handlers.common.variables import Variables


@dataclass(frozen=True, kw_only=True)
class ReportEnvironment(Variables):
    """`settings_digest` is the SHA-256 of the settings the system was deployed with."""

    account: str
    regions: tuple[str, ...]
    aggregator: str
    findings_table: str
    report_bucket: str
    settings_digest: str
