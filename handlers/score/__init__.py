"""The day's compliance score, from the day's reports."""
