"""Environment variables of the summarize function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment


@dataclass(frozen=True, kw_only=True)
class SummarizeEnvironment(FunctionEnvironment):
    """Where scores are read and summaries written, where mails wait, and the language of their readers."""

    report_bucket: str
    mail_queue: str
    language: str
