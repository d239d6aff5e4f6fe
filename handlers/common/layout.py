"""Where documents lie in the report bucket; grants and readers use the same prefixes."""

from datetime import datetime

REPORTS = "reports/"
AUDIT = "audit/"


def report_key(scheduled_at: datetime) -> str:
    """One key per scheduled run, so that a retry writes the same report again: reports/2026/03/01/0645.json."""
    return f"{REPORTS}{scheduled_at:%Y/%m/%d/%H%M}.json"


def audit_key(occurred_at: datetime, rule: str, event_id: str, outcome: str) -> str:
    """audit/2026/03/01/<rule>/<event id>-<outcome>.json: an event delivered twice overwrites no earlier outcome."""
    return f"{AUDIT}{occurred_at:%Y/%m/%d}/{rule}/{event_id}-{outcome}.json"
