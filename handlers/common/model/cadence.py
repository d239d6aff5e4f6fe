"""How often things happen, for those who plan them and those who notice when they do not."""

from datetime import timedelta

EVALUATION_HOURS = 6
REPORTS_PER_DAY = 24 // EVALUATION_HOURS
# A run may be late by retries and by Config's own delays; an hour more is silence.
GRACE = timedelta(hours=1)
SCORE_AGAIN = timedelta(hours=2)
"""After the daily score's time: the day's second try, for whatever lasted longer than Lambda's retries."""
SUMMARY_AGAIN = timedelta(hours=3)
"""After the daily score's time: by then the second try is over, with its retries."""
SILENT_AFTER = timedelta(hours=EVALUATION_HOURS) + GRACE
