"""Environment variables of the process function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import AccountVariables


@dataclass(frozen=True, kw_only=True)
class ProcessEnvironment(AccountVariables):
    """Remediation modes and scopes, by rule, are used in the alert's text only.

    `mail_queues` has queue URLs by kind. A finding may be open for `grace_seconds` without a mail. `reports_link` is
    the link to the reports. `role` is the ARN of the function's role, for audit records. `aggregator` is empty if no
    waiver or exclusion has tags.
    """

    role: str
    aggregator: str = ""
    findings_table: str
    journal_table: str
    reports_link: str
    audit_queue: str
    mail_queues: dict[str, str]
    grace_seconds: int
    remediation_modes: dict[str, str]
    remediation_scopes: dict[str, list[str]]

    @property
    def partition(self) -> str:
        """The AWS partition, for links."""
        return self.role.split(":")[1]
