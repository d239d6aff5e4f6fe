"""Environment variables of the process function."""

from dataclasses import dataclass

from handlers.common.runtime.accounts import AccountVariables


@dataclass(frozen=True, kw_only=True)
class ProcessEnvironment(AccountVariables):
    """Remediation modes and scopes, by rule, only go into the wording.

    Mails go into `mail_queues`, URLs by kind; a finding may be open for `grace_seconds` without one. `reports_link`
    leads people to the reports. `role` is the function's own ARN, which the audit trail names. `aggregator` is empty
    where no waiver goes by tags.
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
