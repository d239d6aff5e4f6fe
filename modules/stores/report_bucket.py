"""Retention and bucket policy of the report bucket."""

from collections.abc import Mapping, Sequence

from handlers.common.stores.report_bucket import APPROVALS, AUDIT, PLANS, REPORTS, SCORES, SUMMARIES, WORKING
from modules.resources import iam as policy
from modules.resources.iam import Statement
from modules.resources.s3 import RETENTION_DAYS


def retention_by_prefix(audit_days: int) -> Mapping[str, int]:
    """Returns days by prefix: 30 for documents, `audit_days` for evidence, 1 for the workspace of reports."""
    documents = dict.fromkeys((REPORTS, SCORES, SUMMARIES), RETENTION_DAYS)
    evidence = dict.fromkeys((APPROVALS, AUDIT, PLANS), audit_days)
    return {**documents, **evidence, WORKING: 1}


def bucket_statements(bucket_arn: str, roles: Sequence[str], writer: str) -> list[Statement]:
    """Returns Deny statements that protect the evidence, for all principals and for the monitor's own `roles`.

    Only the role `writer` can write a record, with a conditional write, so that no record is overwritten (S3 User
    Guide, "Enforce conditional writes"). The lifecycle expires records; bucket policies do not apply to it. The
    monitor's own roles cannot approve plans.
    """
    audit, approvals, plans = (f"{bucket_arn}/{prefix}*" for prefix in (AUDIT, APPROVALS, PLANS))
    own_roles = {"ArnEquals": {"aws:PrincipalArn": list(roles)}}
    others = {"ArnNotEquals": {"aws:PrincipalArn": writer}}
    return [
        policy.deny("DenyOtherWriters", ["s3:PutObject"], [audit], others),
        policy.deny("DenyRewritingTrail", ["s3:PutObject"], [audit], {"Null": {"s3:if-none-match": "true"}}),
        policy.deny("DenyRemovingTrail", ["s3:DeleteObject", "s3:DeleteObjectVersion"], [audit, approvals, plans]),
        policy.deny("DenyOwnApprovals", ["s3:DeleteObject", "s3:PutObject"], [approvals], own_roles),
    ]
