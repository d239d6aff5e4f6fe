"""The approvals of a plan: objects in the bucket."""

from datetime import datetime

from handlers.common.model import principal
from handlers.common.model.approval import Approval, MalformedApprovalError
from handlers.common.runtime import clients
from handlers.common.stores.report_bucket import approvals_prefix
from handlers.remediate.plan import Plan

MAX_APPROVALS = 10
"""Approvals that are read of one plan."""


def approvals_of(bucket: str, rule: str, plan_id: str) -> tuple[list[Approval], list[str]]:
    """Returns the approvals of a plan, and the problems of objects that are none."""
    s3, approvals, problems = clients.s3(), [], []
    prefix = approvals_prefix(rule, plan_id)
    for item in s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=MAX_APPROVALS).get("Contents", []):
        try:
            approvals.append(Approval.from_json(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()))
        except MalformedApprovalError as error:
            problems.append(str(error))
    return approvals, problems


def valid_approvals(bucket: str, plan: Plan, now: datetime, hours: int) -> tuple[dict[str, Approval], list[str]]:
    """Returns the valid approvals of a plan by principal, and the problems of the others."""
    valid = {}
    approvals, problems = approvals_of(bucket, plan.document["rule"], plan.plan_id)
    for approval in approvals:
        if problem := approval.problem(plan.plan_id, plan.sha256, plan.document["requester"], now, hours):
            problems.append(problem)
        else:
            valid[principal.identity(approval.approver)] = approval
    return valid, problems
