"""What the report bucket keeps for how long, and who may not touch what auditors rely on."""

from collections.abc import Mapping, Sequence

from handlers.common.stores.report_bucket import APPROVALS, AUDIT, PLANS, REPORTS, SCORES, SUMMARIES, WORKING
from modules.resources import iam as policy
from modules.resources.document_bucket import RETENTION_DAYS
from modules.resources.iam import Statement


def retention_by_prefix(audit_days: int) -> Mapping[str, int]:
    """Returns days by prefix: documents for thirty, proof as long as the settings say, unfinished work for one."""
    documents = dict.fromkeys((REPORTS, SCORES, SUMMARIES), RETENTION_DAYS)
    proof = dict.fromkeys((APPROVALS, AUDIT, PLANS), audit_days)
    return {**documents, **proof, WORKING: 1}


def bucket_statements(bucket_arn: str, roles: Sequence[str], writer: str) -> list[Statement]:
    """Returns denials: for everyone, and for the system's own roles, whatever IAM allows.

    A record is never written twice: S3 takes it only with the condition that none is there (S3 User Guide, "Enforce
    conditional writes"), and by the role `writer` alone. Records go by the bucket's lifecycle, to which no policy
    applies. Nobody approves by a role of the system's.
    """
    audit, approvals, plans = (f"{bucket_arn}/{prefix}*" for prefix in (AUDIT, APPROVALS, PLANS))
    ours = {"ArnEquals": {"aws:PrincipalArn": list(roles)}}
    others = {"ArnNotEquals": {"aws:PrincipalArn": writer}}
    return [
        policy.deny("DenyOtherWriters", ["s3:PutObject"], [audit], others),
        policy.deny("DenyRewritingTrail", ["s3:PutObject"], [audit], {"Null": {"s3:if-none-match": "true"}}),
        policy.deny("DenyRemovingTrail", ["s3:DeleteObject", "s3:DeleteObjectVersion"], [audit, approvals, plans]),
        policy.deny("DenyOwnApprovals", ["s3:DeleteObject", "s3:PutObject"], [approvals], ours),
    ]
