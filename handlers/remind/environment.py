"""Environment variables of the remind function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment


@dataclass(frozen=True, kw_only=True)
class RemindEnvironment(FunctionEnvironment):
    """`role` is the ARN of the function's role, for audit records."""

    account: str
    role: str
    report_bucket: str
    mail_queue: str
    audit_queue: str
    journal_table: str
