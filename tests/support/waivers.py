"""Waivers for tests."""

from typing import Any

from handlers.common.model.waiver import ResourceRef, Waiver
from tests.support.changes import ACCOUNT

S3 = "s3-bucket-default-encryption-kms"


def bucket(name: str = "ledger") -> ResourceRef:
    """Returns a bucket as waivers name it."""
    return ResourceRef(account=ACCOUNT, region="eu-west-1", resource_type="AWS::S3::Bucket", resource_id=name)


def waiver(id: str = "crane", **changes: Any) -> Waiver:
    """Returns a waiver of the bucket `ledger` in March 2026."""
    values: dict[str, Any] = {
        "id": id,
        "rule": S3,
        "owner": "owner@example.com",
        "approver": "approver@example.com",
        "reason": "the supplier's crane reads it",
        "ticket": "RISK-7",
        "compensating_measure": "it holds public data only",
        "start": "2026-03-01",
        "end": "2026-03-31",
    }
    if "tags" not in changes:
        values["resource"] = bucket()
    return Waiver(**values | changes)
