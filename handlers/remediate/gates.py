"""What stands between a plan and its writes, in the order in which it is asked."""

from dataclasses import dataclass
from datetime import datetime

from handlers.common.model import change_window as windows
from handlers.common.model.approval import Approval, MalformedApprovalError
from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Mode
from handlers.common.runtime import clients
from handlers.common.stores.kill_switch import State as Switch
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

    def passed(self, progress: Progress, plan: Plan, switch: Switch, now: datetime) -> Step:
        """APPLIED if every gate is open, with the approver where one was asked for; else what keeps it back."""
        environment = self.environment
        step = Step(Outcome.APPLIED, "", before=plan.before, after=plan.after, plan=plan)
        if environment.mode == Mode.APPROVE:
            step = self._approved(step, plan, now)
        elif progress.state == State.SUSPENDED:
            step = _kept(
                step,
                Outcome.SUSPENDED,
                "a person has undone the last action: not done again until the finding is closed",
            )
        if step.outcome != Outcome.APPLIED:
            return step
        if not switch.running:
            return _kept(
                step, Outcome.KILL_SWITCH_ENGAGED, f"the kill switch says {switch.value!r} since {switch.changed_at}"
            )
        if not windows.is_open(environment.change_windows, now):
            return _kept(
                step, Outcome.OUTSIDE_WINDOW, f"waits for a change window: {', '.join(environment.change_windows)} UTC"
            )
        if reached := self.limits.reached(now, plan.plan_id, environment.mode == Mode.APPROVE):
            return _kept(step, Outcome.LIMIT_REACHED, reached)
        return step

    def _approved(self, step: Step, plan: Plan, now: datetime) -> Step:
        try:
            approval = approval_of(self.environment.report_bucket, self.environment.rule, plan.plan_id)
        except MalformedApprovalError as error:
            return _kept(step, Outcome.APPROVAL_REFUSED, str(error))
        if approval is None:
            return _kept(step, Outcome.AWAITING_APPROVAL, "someone has to approve the plan, exactly as it is")
        environment = self.environment
        if problem := approval.problem(plan.plan_id, plan.sha256, environment.role, now, environment.approval_hours):
            return _kept(step, Outcome.APPROVAL_REFUSED, f"the approval does not hold: {problem}")
        return Step(step.outcome, step.reason, step.before, step.after, plan, approval.approver)


def _kept(step: Step, outcome: Outcome, reason: str) -> Step:
    return Step(outcome, reason, before=step.before, after=None, plan=step.plan)


def approval_of(bucket: str, rule: str, plan_id: str) -> Approval | None:
    """Returns the approval of a plan, if there is one; raises MalformedApprovalError."""
    key = approval_key(rule, plan_id)
    # S3 answers a read of what is not there with a refusal, unless the reader may list.
    listed = clients.s3().list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    if not any(found.get("Key") == key for found in listed):
        return None
    return Approval.from_json(clients.s3().get_object(Bucket=bucket, Key=key)["Body"].read())
