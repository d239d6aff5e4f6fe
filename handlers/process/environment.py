"""What the process function is told."""

from dataclasses import dataclass

from handlers.common.variables import Variables


@dataclass(frozen=True, kw_only=True)
class ProcessEnvironment(Variables):
    """`alert_topics` maps severity to topic ARN; remediation modes and scopes, by rule, only go into the wording."""

    account: str
    findings_table: str
    alert_topics: dict[str, str]
    remediation_modes: dict[str, str]
    remediation_scopes: dict[str, list[str]]
