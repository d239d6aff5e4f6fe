"""Summaries of score documents, and the days that matter: a usual one, a quiet one, one that could not be evaluated."""

from typing import Any

from handlers.rules import RULES
from handlers.summarize.model import Summary
from tests.support.scores import figures, row, score

S3, RDS, EC2 = "s3-bucket-default-encryption-kms", "rds-backup-retention-minimum", "ec2-instance-type-approved"


def summary(language: str = "en", **changes: Any) -> Summary:
    """Returns the summary of the score with these changes."""
    return Summary.of(score(**changes), {rule.name: rule.title_in(language) for rule in RULES.values()})


def quiet() -> dict[str, Any]:
    """Returns the parts of a score of a day without problems."""
    total = figures(score=100.0, coverage=100.0, non_compliant=0, unknown=0)
    nothing = {"count": 0, "by_rule": {}, "examples": []}
    return {
        "completeness": {"complete": True, "reports_expected": 4, "reports_found": 4, "problems": []},
        "total": total,
        "rules": {EC2: total},
        "open": {
            severity: each | {"findings": 0, "overdue": 0, "mean_age_seconds": None, "oldest_age_seconds": None}
            for severity, each in score()["open"].items()
        },
        "changes": {"since": "2026-03-01T06:45:00.000Z", "opened": nothing, "resolved": nothing},
        "deltas": {"yesterday": 0.0, "seven_days": 4.0, "thirty_days": None},
        "worst": [],
        "overdue": [],
        "remediations": {},
    }


def unevaluated() -> dict[str, Any]:
    """Returns the parts of a score of a day without any evaluation."""
    nothing = figures(score=None, coverage=None, evaluated=0, compliant=0, non_compliant=0, not_applicable=0, unknown=0)
    return quiet() | {
        "total": nothing,
        "categories": {"encryption": nothing},
        "rules": {},
        "deltas": {"yesterday": None, "seven_days": None, "thirty_days": None},
        "history": [{"day": "2026-03-02", "score": None, "coverage": None, "complete": True}],
    }


def listing(resource_id: str) -> dict[str, Any]:
    """Returns the parts of a score with full lists of resources of a name."""
    rows = [row(resource_id, finding_id=f"{number}") for number in range(10)]
    return {"worst": rows, "overdue": rows}


def organization(accounts: int = 3) -> dict[str, Any]:
    """What the score of an organization has: its first member is its worst, of its last nothing could be evaluated."""
    members = [f"{210_000_000_000 + number}" for number in range(accounts - 1)]
    evaluated = {member: figures(score=40.0 + number) for number, member in enumerate(members)}
    evaluated[members[-1]] = figures(score=None, coverage=None, non_compliant=0)
    return {
        "accounts": {"111122223333": figures()} | evaluated,
        "worst": [row("vault", account=members[0]), row("ledger")],
    }
