"""Environment variables of the score function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment

AGAIN = "score-again-on-schedule"
"""The name of the day's second schedule, without the deployment."""


@dataclass(frozen=True, kw_only=True)
class ScoreEnvironment(FunctionEnvironment):
    """The bucket of reports and scores, and the table with the head of the audit trail."""

    report_bucket: str
    journal_table: str
