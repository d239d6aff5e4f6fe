"""The checks between a plan and its writes, in order."""

from dataclasses import dataclass
from datetime import datetime

from handlers.common.model import change_window as windows
from handlers.common.model.approval import Approval, MalformedApprovalError
from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Mode
from handlers.common.runtime import clients
from handlers.common.stores.kill_switch import State as SwitchState
from handlers.common.stores.report_bucket import approval_key
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.limits import Limits
from handlers.remediate.plan import Plan
from handlers.remediate.progress import Progress, State
from handlers.remediate.records import Step


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
        try:
            approval = approval_of(self.environment.report_bucket, self.environment.rule, plan.plan_id)
        except MalformedApprovalError as error:
            return _blocked(step, Outcome.APPROVAL_REFUSED, str(error))
        if approval is None:
            return _blocked(step, Outcome.AWAITING_APPROVAL, "approval required")
        environment = self.environment
        if problem := approval.problem(plan.plan_id, plan.sha256, environment.role, now, environment.approval_hours):
            return _blocked(step, Outcome.APPROVAL_REFUSED, f"the approval is not valid: {problem}")
        return Step(step.outcome, step.reason, step.before, step.after, plan, approval.approver)


def _blocked(step: Step, outcome: Outcome, reason: str) -> Step:
    return Step(outcome, reason, before=step.before, after=None, plan=step.plan)


def approval_of(bucket: str, rule: str, plan_id: str) -> Approval | None:
    """Returns the approval of a plan, if there is one; raises MalformedApprovalError."""
    key = approval_key(rule, plan_id)
    # For a missing object S3 returns AccessDenied, unless the caller has permission to list.
    listed = clients.s3().list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    if not any(item.get("Key") == key for item in listed):
        return None
    return Approval.from_json(clients.s3().get_object(Bucket=bucket, Key=key)["Body"].read())
