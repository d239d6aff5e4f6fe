"""Intervals of evaluations, reports and scores, used by schedules and by alarms on missing runs."""

from datetime import timedelta

EVALUATION_HOURS = 6
REPORTS_PER_DAY = 24 // EVALUATION_HOURS
# Retries and delays of AWS Config make a run late. After one more hour it counts as missing.
GRACE = timedelta(hours=1)
SCORE_AGAIN = timedelta(hours=2)
"""Time from the daily score to its second run, for failures that outlast Lambda's retries."""
SUMMARY_AGAIN = timedelta(hours=3)
"""Time from the daily score to the second summary, when the second run of the score and its retries are over."""
SILENT_AFTER = timedelta(hours=EVALUATION_HOURS) + GRACE
