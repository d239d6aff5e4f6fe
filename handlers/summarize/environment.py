"""What the summarize function is told."""

from dataclasses import dataclass

from handlers.common.variables import Variables


@dataclass(frozen=True, kw_only=True)
class SummarizeEnvironment(Variables):
    """Where scores are read and summaries written, the topic of their readers, and the language they read."""

    report_bucket: str
    summary_topic: str
    language: str
