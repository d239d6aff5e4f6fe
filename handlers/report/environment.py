"""What the report function is told."""

from dataclasses import dataclass

from handlers.common.variables import Variables


@dataclass(frozen=True, kw_only=True)
class ReportEnvironment(Variables):
    """`settings_digest` is the SHA-256 of the deployed settings; `enforced_scopes` maps each rule whose remediation
    enforces to the resources it may touch.
    """

    account: str
    regions: tuple[str, ...]
    aggregator: str
    findings_table: str
    report_bucket: str
    settings_digest: str
    enforced_scopes: dict[str, list[str]]
