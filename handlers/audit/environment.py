"""The environment variables of the audit function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import Variables


@dataclass(frozen=True, kw_only=True)
class AuditEnvironment(Variables):
    """Where the records are, and where it is kept which is the last."""

    report_bucket: str
    journal_table: str
