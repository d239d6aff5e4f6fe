"""The environment variables of the audit function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment


@dataclass(frozen=True, kw_only=True)
class AuditEnvironment(FunctionEnvironment):
    """Where the records are, and where it is kept which is the last."""

    report_bucket: str
    journal_table: str
