"""The environment variables of the audit function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment


@dataclass(frozen=True, kw_only=True)
class AuditEnvironment(FunctionEnvironment):
    """The bucket of the records, and the table with their head."""

    report_bucket: str
    journal_table: str
