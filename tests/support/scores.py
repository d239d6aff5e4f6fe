"""A score document, in the form in which the score function writes it."""

from typing import Any


def row(resource_id: str = "ledger", **changes: Any) -> dict[str, Any]:
    """Returns a finding as reports and scores list it."""
    found = {
        "finding_id": f"s3-bucket-default-encryption-kms/111122223333/eu-west-1/AWS::S3::Bucket/{resource_id}",
        "rule": "s3-bucket-default-encryption-kms",
        "severity": "HIGH",
        "category": "encryption",
        "account": "111122223333",
        "region": "eu-west-1",
        "resource_type": "AWS::S3::Bucket",
        "resource_id": resource_id,
        "opened_at": "2026-02-20T00:00:00.000Z",
        "age_seconds": 864_000,
        "due_at": "2026-02-27T00:00:00.000Z",
        "overdue": True,
        "remediation": "plan",
    }
    return found | changes


def figures(**changes: Any) -> dict[str, Any]:
    """Returns a score with the counts it was made from."""
    found: dict[str, Any] = {
        "score": 80.0,
        "coverage": 98.0,
        "discovered": 50,
        "undiscovered": 0,
        "evaluated": 49,
        "compliant": 36,
        "non_compliant": 9,
        "not_applicable": 4,
        "waived": 0,
        "excluded": 0,
        "unknown": 1,
    }
    return found | changes


def score(**changes: Any) -> dict[str, Any]:
    """Returns the whole document of 2 March 2026."""
    change = {"count": 1, "by_rule": {"s3-bucket-default-encryption-kms": 1}, "examples": [row()]}
    document: dict[str, Any] = {
        "schema_version": 1,
        "version": "0.1.0",
        "environment": "dev",
        "environment_suffix": "ew1",
        "account": "111122223333",
        "settings_digest": "0" * 64,
        "day": "2026-03-02",
        "scheduled_at": "2026-03-02T07:00:00.000Z",
        "generated_at": "2026-03-02T07:00:01.000Z",
        "formula": {"score": "100 × …", "weights": {"CRITICAL": 10, "HIGH": 5, "MEDIUM": 2, "LOW": 1}},
        "report": {
            "key": "reports/2026/03/02/0645.json",
            "listing_key": "reports/2026/03/02/0645-findings.jsonl",
            "scheduled_at": "2026-03-02T06:45:00.000Z",
        },
        "completeness": {
            "complete": False,
            "reports_expected": 4,
            "reports_found": 3,
            "problems": [
                {
                    "kind": "REPORT_MISSING",
                    "rule": None,
                    "account": None,
                    "region": None,
                    "detail": "3 of 4 reports of the day",
                },
            ],
        },
        "total": figures(),
        "categories": {
            "encryption": figures(score=70.5),
            "resilience": figures(score=100.0),
            "configuration": figures(),
        },
        "severities": {"HIGH": figures(), "MEDIUM": figures(score=None)},
        "rules": {
            "ec2-instance-type-approved": figures(),
            "rds-backup-retention-minimum": figures(score=100.0),
            "s3-bucket-default-encryption-kms": figures(score=70.5),
        },
        "accounts": {"111122223333": figures()},
        "regions": {"eu-west-1": figures()},
        "deltas": {"yesterday": -1.5, "seven_days": 4.0, "thirty_days": None},
        "history": [
            {"day": "2026-02-23", "score": 76.0, "coverage": 98.0, "complete": True},
            {"day": "2026-02-24", "score": 78.0, "coverage": 98.0, "complete": True},
            {"day": "2026-03-01", "score": 81.5, "coverage": 98.0, "complete": True},
            {"day": "2026-03-02", "score": 80.0, "coverage": 98.0, "complete": False},
        ],
        "open": {
            severity: {
                "findings": findings,
                "overdue": overdue,
                "mean_age_seconds": age,
                "oldest_age_seconds": age,
                "deadline_days": days,
            }
            for severity, findings, overdue, age, days in (
                ("CRITICAL", 0, 0, None, 2),
                ("HIGH", 8, 1, 864_000, 7),
                ("MEDIUM", 1, 0, 3_600, 30),
                ("LOW", 0, 0, None, 90),
            )
        },
        "resolution": {
            severity: {"resolved": resolved, "mean_seconds": seconds}
            for severity, resolved, seconds in (
                ("CRITICAL", 0, None),
                ("HIGH", 2, 90_000),
                ("MEDIUM", 0, None),
                ("LOW", 0, None),
            )
        },
        "changes": {"since": "2026-03-01T06:45:00.000Z", "opened": change, "resolved": change},
        "worst": [row(), row("other", overdue=False, remediation="none")],
        "overdue": [row()],
        "remediations": {"s3-bucket-default-encryption-kms": {"FIXED": 2, "PLANNED": 1}},
    }
    document |= {"waivers": [], "exclusions": []}
    document["audit"] = {"sequence": 41, "sha256": "ab" * 32, "records": 3}
    return document | changes
