"""Keys of the documents in the report bucket. IAM policies, triggers and readers use the same prefixes."""

import hashlib
import re
from datetime import UTC, date, datetime

from handlers.common.model import principal

APPROVALS = "approvals/"
AUDIT = "audit/"
PLANS = "plans/"
REPORTS = "reports/"
SCORES = "scores/"
SUMMARIES = "summaries/"
WORKING = "working/"

REPORT_SCHEMA = 1
"""The version of the report's schema."""


def report_key(scheduled_at: datetime) -> str:
    """Returns the key of a scheduled report, which a retry overwrites: reports/2026/03/01/0645.json."""
    return f"{REPORTS}{scheduled_at:%Y/%m/%d/%H%M}.json"


def report_time(key: str) -> datetime | None:
    """Returns the scheduled time of the report under a key; None for any other key."""
    match = re.fullmatch(REPORTS + r"(\d{4}/\d{2}/\d{2}/\d{4})\.json", key)
    return datetime.strptime(match[1], "%Y/%m/%d/%H%M").replace(tzinfo=UTC) if match else None


def listing_key(scheduled_at: datetime) -> str:
    """Returns the key of a report's findings, one JSON document per line: reports/2026/03/01/0645-findings.jsonl."""
    return f"{REPORTS}{scheduled_at:%Y/%m/%d/%H%M}-findings.jsonl"


def score_key(day: date) -> str:
    """Returns the key of a day's score: scores/2026/03/01.json."""
    return f"{SCORES}{day:%Y/%m/%d}.json"


def summary_key(day: date, form: str) -> str:
    """Returns the key of a day's executive summary in a form (json, html, txt): summaries/2026/03/01.html."""
    return f"{SUMMARIES}{day:%Y/%m/%d}.{form}"


def working_key(scheduled_at: datetime, part: int) -> str:
    """Returns the key of an unfinished report's workspace, from which the next invocation continues."""
    return f"{WORKING}{scheduled_at:%Y/%m/%d/%H%M}-{part:03}.sqlite"


def record_key(sequence: int) -> str:
    """Returns the key of an audit record: audit/000000000042.json. Keys sort by sequence number."""
    return f"{AUDIT}{sequence:012}.json"


def record_sequence(key: str) -> int | None:
    """Returns the number of the record under a key; None for any other key."""
    match = re.fullmatch(AUDIT + r"(\d{12})\.json", key)
    return int(match[1]) if match else None


def plan_key(plan_id: str) -> str:
    """Returns the key of a remediation plan: plans/dev-ew1-0123456789abcdef.json."""
    return f"{PLANS}{plan_id}.json"


def approvals_prefix(rule: str, plan_id: str) -> str:
    """Returns the prefix of a plan's approvals: approvals/<rule>/<plan id>/. No role of the system may write there."""
    return f"{APPROVALS}{rule}/{plan_id}/"


def approval_key(rule: str, plan_id: str, approver: str) -> str:
    """Returns the key of one principal's approval of a plan; `approver` is an ARN."""
    digest = hashlib.sha256(principal.identity(approver).encode()).hexdigest()
    return f"{approvals_prefix(rule, plan_id)}{digest[:16]}.json"


def approved_plan(key: str, rule: str) -> str | None:
    """Returns the id of the plan of a rule whose approval is under a key; None for any other key."""
    match = re.fullmatch(re.escape(f"{APPROVALS}{rule}/") + r"([a-z0-9-]+)/[0-9a-f]{16}\.json", key)
    return match[1] if match else None
