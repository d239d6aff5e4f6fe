"""Reasons why a report or a score is incomplete. Reports have the first three, scores the others."""

from enum import StrEnum


class ProblemKind(StrEnum):
    """The kind of a problem, as in the documents."""

    READ_FAILED = "READ_FAILED"
    SUM_MISMATCH = "SUM_MISMATCH"
    RULE_SILENT = "RULE_SILENT"
    REPORT_MISSING = "REPORT_MISSING"
    REPORT_INCOMPLETE = "REPORT_INCOMPLETE"
    TRAIL_BROKEN = "TRAIL_BROKEN"
    TRAIL_UNREAD = "TRAIL_UNREAD"
