"""What the process function is told."""

from dataclasses import dataclass

from handlers.common.accounts import AccountVariables


@dataclass(frozen=True, kw_only=True)
class ProcessEnvironment(AccountVariables):
    """`alert_topics` maps severity to topic ARN; remediation modes and scopes, by rule, only go into the wording.

    `role` is the function's own ARN, which the audit trail names. `aggregator` is empty where no waiver goes by tags.
    """

    role: str
    aggregator: str = ""
    findings_table: str
    report_bucket: str
    journal_table: str
    alert_topics: dict[str, str]
    remediation_modes: dict[str, str]
    remediation_scopes: dict[str, list[str]]
