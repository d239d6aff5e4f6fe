"""Where documents lie in the report bucket; grants, triggers and readers use the same prefixes."""

import re
from datetime import UTC, date, datetime

APPROVALS = "approvals/"
AUDIT = "audit/"
PLANS = "plans/"
REPORTS = "reports/"
SCORES = "scores/"
SUMMARIES = "summaries/"
WORKING = "working/"

REPORT_SCHEMA = 5
"""The version of the report's form, which its writer states and its readers ask for."""


def report_key(scheduled_at: datetime) -> str:
    """Returns one key per scheduled run, so that a retry writes the same report again: reports/2026/03/01/0645.json."""
    return f"{REPORTS}{scheduled_at:%Y/%m/%d/%H%M}.json"


def report_time(key: str) -> datetime | None:
    """Returns the scheduled moment of the report under a key; None for a key of anything else."""
    found = re.fullmatch(REPORTS + r"(\d{4}/\d{2}/\d{2}/\d{4})\.json", key)
    return datetime.strptime(found[1], "%Y/%m/%d/%H%M").replace(tzinfo=UTC) if found else None


def listing_key(scheduled_at: datetime) -> str:
    """Returns the findings of a report, a JSON document per line, beside it: reports/2026/03/01/0645-findings.jsonl."""
    return f"{REPORTS}{scheduled_at:%Y/%m/%d/%H%M}-findings.jsonl"


def score_key(day: date) -> str:
    """Returns one per day: scores/2026/03/01.json."""
    return f"{SCORES}{day:%Y/%m/%d}.json"


def summary_key(day: date, form: str) -> str:
    """Returns the executive summary of a day in a form (json, html, txt): summaries/2026/03/01.html."""
    return f"{SUMMARIES}{day:%Y/%m/%d}.{form}"


def working_key(scheduled_at: datetime, part: int) -> str:
    """Returns the key of an unfinished report's workspace, which the next invocation continues."""
    return f"{WORKING}{scheduled_at:%Y/%m/%d/%H%M}-{part:03}.sqlite"


def record_key(sequence: int) -> str:
    """Returns a record of the audit trail: audit/000000000042.json. Keys sort as the records follow each other."""
    return f"{AUDIT}{sequence:012}.json"


def record_sequence(key: str) -> int | None:
    """Returns the number of the record under a key; None for any other key."""
    found = re.fullmatch(AUDIT + r"(\d{12})\.json", key)
    return int(found[1]) if found else None


def plan_key(plan_id: str) -> str:
    """Returns a remediation's plan: plans/dev-ew1-0123456789abcdef.json."""
    return f"{PLANS}{plan_id}.json"


def approval_key(rule: str, plan_id: str) -> str:
    """Returns the approval of a plan: approvals/<rule>/<plan id>.json. No role of the system may write here."""
    return f"{APPROVALS}{rule}/{plan_id}.json"


def approved_plan(key: str) -> str | None:
    """Returns the id of the plan that the approval under a key is for; None for any other key."""
    found = re.fullmatch(APPROVALS + r"[^/]+/([a-z0-9-]+)\.json", key)
    return found[1] if found else None
