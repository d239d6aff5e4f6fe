"""The checks between a plan and its writes, in order."""

from dataclasses import dataclass
from datetime import datetime

from handlers.common.model import change_window as windows
from handlers.common.model import principal
from handlers.common.model.approval import Approval, MalformedApprovalError
from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Mode
from handlers.common.runtime import clients
from handlers.common.stores.kill_switch import State as SwitchState
from handlers.common.stores.report_bucket import approvals_prefix
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.limits import Limits
from handlers.remediate.plan import Plan
from handlers.remediate.progress import Progress, State
from handlers.remediate.records import Step

MAX_APPROVALS = 10
"""Approvals that are read of one plan."""


@dataclass(frozen=True)
class Gates:
    """The gates of one rule's remediation."""

    environment: RemediateEnvironment
    limits: Limits

    def passed(self, progress: Progress, plan: Plan, switch: SwitchState, now: datetime) -> Step:
        """Returns a step APPLIED if every check passes, with the approver if one is required; else the failed check."""
        environment = self.environment
        step = Step(Outcome.APPLIED, "", before=plan.before, after=plan.after, plan=plan)
        if environment.mode == Mode.APPROVE:
            step = self._approved(step, plan, now)
        elif progress.state == State.SUSPENDED:
            why = "the last action was rolled back by an operator: suspended until the finding is closed"
            step = _blocked(step, Outcome.SUSPENDED, why)
        if step.outcome != Outcome.APPLIED:
            return step
        if not switch.running:
            why = f"kill switch engaged at {switch.changed_at}: its value is {switch.value!r}"
            return _blocked(step, Outcome.KILL_SWITCH_ENGAGED, why)
        if not windows.is_open(environment.change_windows, now):
            why = f"waits for a change window: {', '.join(environment.change_windows)} UTC"
            return _blocked(step, Outcome.OUTSIDE_WINDOW, why)
        if reached := self.limits.reached(now, plan.plan_id, environment.mode == Mode.APPROVE):
            return _blocked(step, Outcome.LIMIT_REACHED, reached)
        return step

    def _approved(self, step: Step, plan: Plan, now: datetime) -> Step:
        environment = self.environment
        valid, problems = valid_approvals(environment.report_bucket, plan, now, environment.approval_hours)
        if len(valid) >= environment.approvals_needed:
            approvers = ", ".join(sorted(each.approver for each in valid.values()))
            return Step(step.outcome, step.reason, step.before, step.after, plan, approvers)
        if problems:
            return _blocked(step, Outcome.APPROVAL_REFUSED, f"the approval is not valid: {problems[0]}")
        required = "approval required"
        if environment.approvals_needed > 1:
            required = f"{environment.approvals_needed} approvals required, {len(valid)} given"
        return _blocked(step, Outcome.AWAITING_APPROVAL, required)


def _blocked(step: Step, outcome: Outcome, reason: str) -> Step:
    return Step(outcome, reason, before=step.before, after=None, plan=step.plan)


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
