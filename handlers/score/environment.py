"""Environment variables of the score function."""

from dataclasses import dataclass

from handlers.common.runtime.environment import FunctionEnvironment

AGAIN = "score-again-on-schedule"
"""The schedule of the day's second try, without the deployment."""


@dataclass(frozen=True, kw_only=True)
class ScoreEnvironment(FunctionEnvironment):
    """Where reports are read and scores written, and where the head of the audit trail is."""

    report_bucket: str
    journal_table: str
