"""Environment variables of the summarize function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment


@dataclass(frozen=True, kw_only=True)
class SummarizeEnvironment(FunctionEnvironment):
    """The bucket of scores and summaries, the mail queue, and the language of the summaries."""

    report_bucket: str
    mail_queue: str
    language: str
