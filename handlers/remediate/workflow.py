"""The workflow of a remediation: load the facts, decide, act, record.

It tolerates events in any order, duplicate events, and invocations that fail at any point. The journal permits one
invocation per attempt to act. The intent is recorded before the write, and the next invocation determines its outcome.
"""

from dataclasses import dataclass, field
from functools import partial

from handlers.common.model.events import COMPLIANT, ComplianceChange
from handlers.common.model.finding import finding_id
from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Document, NotRemediableError, Remediation, Target
from handlers.common.runtime import clock
from handlers.common.stores.audit_trail import Kind
from handlers.remediate.action import Actions
from handlers.remediate.approvals import approvals_of
from handlers.remediate.decision import Decision, Then, decide, would_remediate
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.facts import Situation, WaivedBy
from handlers.remediate.limits import Limits, Resource
from handlers.remediate.plan import NoSuchPlanError, Plan
from handlers.remediate.progress import Progress, ProgressStore, State
from handlers.remediate.records import AuditRecorder, Step

WITHOUT_STATE = {Outcome.NOT_REMEDIABLE, Outcome.OUT_OF_SCOPE, Outcome.WAIVED}
"""Outcomes whose records have no state of the resource."""

WITH_DESIRED = {
    Outcome.ALREADY_COMPLIANT,
    Outcome.CONTAINED,
    Outcome.NOT_FIXED,
    Outcome.REFUSED,
    Outcome.WOULD_REMEDIATE,
}
"""Outcomes whose records have the desired state, too."""


@dataclass(frozen=True)
class Workflow:
    """The remediation of resources under one rule; `parameters` are those of the remediation."""

    environment: RemediateEnvironment
    remediation: Remediation
    parameters: Document
    recorder: AuditRecorder
    progress_store: ProgressStore
    waived_by: WaivedBy
    _scope_ids: dict[str, set[str]] = field(default_factory=dict)

    def remediate(self, resource: Resource) -> Step:
        """Takes the next step for a non-compliant resource, and returns it. Idempotent."""
        situation = self._situation(resource)
        if situation.is_interrupted:
            situation.progress = self._recovered(situation.progress, situation.target)
        return self._act(situation, decide(situation.facts()))

    def _act(self, situation: Situation, decision: Decision) -> Step:
        """Does what follows a decision, and records it. Returns the step."""
        progress, target, limits, now = situation.progress, situation.target, situation.limits, situation.now
        if decision.changed_back:
            progress = self.progress_store.settle(situation.attempt)
        if decision.has_plan:
            progress = self._save_plan(situation, progress, decision)
        if decision.then is Then.APPLY and not limits.take(now, situation.plan.plan_id):
            decision = Decision(Outcome.LIMIT_REACHED, "another invocation reached the limit", Then.BLOCK)
        if decision.then is Then.APPLY:
            plan = situation.plan
            claimed = progress.claimed_for(plan.plan_id, decision.approver, self.recorder.event_id, now)
            progress = self.progress_store.put(claimed)
            try:
                return self._actions.apply(progress, plan, target, partial(limits.give_back, now, plan.plan_id))
            except NotRemediableError as error:
                decision = Decision(Outcome.NOT_REMEDIABLE, str(error), Then.RECORD)
        step = _step(situation, decision)
        if decision.then is Then.COUNT:
            self.recorder.count(step)
        elif decision.then in (Then.RECORD, Then.VERIFY, Then.BLOCK):
            kind = Kind.VERIFICATION if decision.then is Then.VERIFY else Kind.REFUSAL
            self._record_once(progress, target, step, kind)
        return step

    def _recovered(self, progress: Progress, target: Target) -> Progress:
        try:
            return self._actions.recovered(progress, target, self.remediation.read(target))
        except NotRemediableError as error:
            return self._actions.unrecovered(progress, target, str(error))

    def on_compliant(self, change: ComplianceChange) -> None:
        """Handles the event that a resource is compliant or deleted, on which alone the outcome is REMEDIATED."""
        resource = (change.region, change.resource_type, change.resource_id)
        progress = self._progress(resource)
        is_idle = progress.state == State.IDLE
        if is_idle and self.progress_store.is_listed(progress):
            # The new revision makes the write of an invocation fail that has added it and not written it yet.
            progress = self.progress_store.settle(progress.replaced())
        if (is_idle and not progress.refused) or change.observed_at < progress.at:
            return
        progress.check_unclaimed(clock.now(), self.recorder.event_id)
        if not is_idle and progress.state != State.SUSPENDED:
            compliant = change.compliance_type == COMPLIANT
            outcome = Outcome.REMEDIATED if compliant else Outcome.GONE
            why = f"evaluation result {change.compliance_type} recorded at {change.observed_at}"
            plan = self._plan(progress)
            step = Step(outcome, why, plan=plan, approver=progress.approver)
            target = _bare_target(self.environment, resource, plan.document["name"] if plan else change.resource_id)
            if progress.state == State.IN_PROGRESS:
                applied = "written by an invocation that failed before it recorded the outcome"
                self.recorder.write(Kind.OUTCOME, target, progress, Step(Outcome.APPLIED, applied, plan=plan))
            self.recorder.write(Kind.VERIFICATION, target, progress, step)
        self.progress_store.settle(progress.finished())

    def on_approval(self, plan_id: str) -> Step:
        """Handles a new approval, and returns the step taken; raises NoSuchPlanError."""
        plan = Plan.fetch(self.environment.report_bucket, plan_id)
        if plan.document["rule"] != self.environment.rule:
            raise NoSuchPlanError(f"plan {plan_id} belongs to rule {plan.document['rule']}")
        if plan.undoes:
            return Step(Outcome.AWAITING_APPROVAL, f"{plan_id} is a rollback, which an operator applies", plan=plan)
        resource = (plan.document["region"], plan.document["resource_type"], plan.document["resource_id"])
        if self._is_approval_used(plan, self._progress(resource)):
            return Step(Outcome.ALREADY_COMPLIANT, f"{plan_id} was applied and is closed", plan=plan)
        step, progress = self.remediate(resource), self._progress(resource)
        is_current = progress.plan_id == plan_id and progress.state != State.IDLE
        if is_current or (step.plan is not None and step.plan.plan_id == plan_id):
            return step
        why = f"the approval is refused: the resource has changed since plan {plan_id} was made ({step.reason})"
        target = _bare_target(self.environment, resource, plan.document["name"])
        return self._record_once(progress, target, Step(Outcome.APPROVAL_REFUSED, why, before=step.before, plan=plan))

    def in_scope(self, resource: Resource) -> bool:
        """Returns whether the remediation may change the resource now; resources outside its scope are not read."""
        region, _, resource_id = resource
        return resource_id in self._ids_in_scope(region) and not self.waived_by(resource)

    def _ids_in_scope(self, region: str) -> set[str]:
        if region not in self._scope_ids:
            ids = [self.remediation.find(region, name) for name in self.environment.scope]
            self._scope_ids[region] = {each for each in ids if each is not None}
        return self._scope_ids[region]

    def _is_approval_used(self, plan: Plan, progress: Progress) -> bool:
        """Returns whether the approval belongs to a closed attempt, because its event was delivered again."""
        if progress.plan_id != plan.plan_id or progress.attempt == plan.document["attempt"]:
            return False
        approvals, _ = approvals_of(self.environment.report_bucket, self.environment.rule, plan.plan_id)
        return bool(approvals) and all(clock.parse(each.approved_at) <= clock.parse(progress.at) for each in approvals)

    def _needs_action(self, resource: Resource) -> bool:
        """Returns whether a resource needs an action: in scope, not refused by AWS, not awaiting re-evaluation."""
        if not self.in_scope(resource):
            return False
        situation = self._situation(resource)
        is_open = situation.progress.state in (State.IDLE, State.IN_PROGRESS)
        return is_open and not (situation.progress.refused and situation.is_refused)

    def _save_plan(self, situation: Situation, progress: Progress, decision: Decision) -> Progress:
        """Saves and records a plan once."""
        is_new = progress.last_plan_id != situation.plan.plan_id
        if is_new or decision.outcome == Outcome.REFUSED:
            # A refused plan may have expired, and `operate retry` needs it.
            situation.plan.keep(self.environment.report_bucket)
        if is_new:
            self.recorder.write(
                Kind.PLAN, situation.target, progress, _step(situation, would_remediate(self.remediation.effect))
            )
            progress = self.progress_store.put(progress.replaced(last_plan_id=situation.plan.plan_id))
        return progress

    def _record_once(self, progress: Progress, target: Target, step: Step, kind: Kind = Kind.REFUSAL) -> Step:
        """Writes a record, and a mail if required, unless it is the last notice again. Returns the step."""
        mark = f"{step.outcome} {step.plan.plan_id if step.plan else step.reason}"
        if progress.last_notice != mark:
            self.recorder.write(kind, target, progress, step)
            self.recorder.notify(target, progress, step)
            self.progress_store.put(progress.replaced(last_notice=mark))
        return step

    @property
    def _actions(self) -> Actions:
        return Actions(self.remediation, self.parameters, self.recorder, self.progress_store)

    def _progress(self, resource: Resource) -> Progress:
        return self.progress_store.get(finding_id(self.environment.rule, self.environment.account, *resource))

    def _plan(self, progress: Progress) -> Plan | None:
        try:
            return Plan.fetch(self.environment.report_bucket, progress.plan_id)
        except NoSuchPlanError:
            return None

    def _situation(self, resource: Resource) -> Situation:
        types, journal = self.recorder.rule.resource_types, self.progress_store.journal
        return Situation(
            self.environment,
            self.remediation,
            self.parameters,
            # The resource itself waits, even if the journal still has the progress of the attempt before.
            Limits(self.environment, types, journal, lambda each: each == resource or self._needs_action(each)),
            self.waived_by,
            self._actions.switch,
            resource,
            self._progress(resource),
        )


def _step(situation: Situation, decision: Decision) -> Step:
    """Returns the step of a decision, with the states and the plan that it is about."""
    return Step(
        decision.outcome,
        decision.reason,
        before=None if decision.outcome in WITHOUT_STATE else situation.states.present,
        after=situation.states.desired if decision.outcome in WITH_DESIRED else None,
        plan=situation.plan if decision.has_plan else None,
    )


def _bare_target(environment: RemediateEnvironment, resource: Resource, name: str = "") -> Target:
    """Returns a target without reading its configuration item."""
    region, resource_type, resource_id = resource
    return Target(environment.account, region, resource_type, resource_id, name or resource_id)
