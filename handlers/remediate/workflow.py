"""The workflow of a remediation: read, plan, check, record the intent, write, read back, record the outcome.

It tolerates events in any order, duplicate events, and invocations that fail at any point. The journal permits one
invocation per attempt to act. The intent is recorded before the write, and the next invocation determines its outcome.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from handlers.common.model.events import COMPLIANT, ComplianceChange
from handlers.common.model.finding import finding_id
from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Document, Mode, NotRemediableError, Remediation, Target
from handlers.common.runtime import clock
from handlers.common.stores.audit_trail import Kind
from handlers.common.stores.config_items import NotRecordedError, item_of
from handlers.remediate.action import Actions
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.gates import Gates, approvals_of
from handlers.remediate.limits import Limits, Resource
from handlers.remediate.plan import NoSuchPlanError, Plan, planned
from handlers.remediate.progress import Progress, ProgressStore, State
from handlers.remediate.records import AuditRecorder, Step

log = logging.getLogger(__name__)

WaivedBy = Callable[[Resource], str | None]
"""Describes the waiver or exclusion in force on a resource; None if there is none."""

SILENT = {Outcome.AWAITING_CONFIG}
"""Outcomes that are logged only: they recur with every report until AWS Config has evaluated the resource again."""


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
        progress = self._progress(resource)
        try:
            target = self._target(resource)
        except NotRecordedError as error:
            return self._record_once(
                progress, _bare_target(self.environment, resource), Step(Outcome.NOT_REMEDIABLE, str(error))
            )
        scoped = target.name in self.environment.scope
        if progress.state == State.IN_PROGRESS and scoped and self.environment.mode != Mode.PLAN:
            progress = self._recovered(progress, target)
        if waived := self.waived_by(resource):
            return self._record_once(progress, target, Step(Outcome.WAIVED, waived))
        if not scoped:
            # Most resources of an account are out of scope: counted and logged, but not recorded.
            return self.recorder.count(Step(Outcome.OUT_OF_SCOPE, f"{target.name} is not in the rule's scope"))
        try:
            return self._plan_and_apply(progress, target)
        except NotRemediableError as error:
            return self._record_once(self._progress(resource), target, Step(Outcome.NOT_REMEDIABLE, str(error)))

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
        progress = self._progress(resource)
        return progress.state in (State.IDLE, State.IN_PROGRESS) and not (
            progress.refused and self._is_refused(progress, resource)
        )

    def _is_refused(self, progress: Progress, resource: Resource) -> bool:
        """Returns whether AWS has refused the plan for the present state, or there is no plan."""
        try:
            target = self._target(resource)
            before = self.remediation.read(target)
            after = self.remediation.desired(before, target, self.parameters)
        except (NotRecordedError, NotRemediableError):
            return True
        plan = planned(self.remediation, target, before, after, self._facts(progress))
        return after == before or plan.plan_id == progress.refused

    def _plan_and_apply(self, progress: Progress, target: Target) -> Step:
        before = self.remediation.read(target)
        after = self.remediation.desired(before, target, self.parameters)
        if progress.state == State.APPLIED:
            if (awaited := self._actions.awaited(progress, target, before, after)) is not None:
                return self._record_once(progress, target, awaited, Kind.VERIFICATION)
            progress = self.progress_store.settle(progress.finished())
        if after == before:
            why = "the resource has the desired state; awaiting re-evaluation by AWS Config"
            return self._record_once(progress, target, Step(Outcome.ALREADY_COMPLIANT, why, before=before, after=after))
        if obstacle := self.remediation.obstacle(target):
            raise NotRemediableError(obstacle)
        plan = planned(self.remediation, target, before, after, self._facts(progress))
        progress, step = self._save_plan(progress, target, plan)
        if self.environment.mode == Mode.PLAN:
            return step
        if progress.refused == plan.plan_id:
            plan.keep(self.environment.report_bucket)  # it may have expired, and `operate retry` needs it
            why = "AWS has refused this plan, and neither the resource nor the plan has changed since"
            return self._record_once(
                progress, target, Step(Outcome.REFUSED, why, before=before, after=after, plan=plan)
            )
        now, switch = clock.now(), self._actions.switch()
        limits = Limits(
            self.environment, self.recorder.rule.resource_types, self.progress_store.journal, self._needs_action
        )
        step = Gates(self.environment, limits).passed(progress, plan, switch, now)
        if step.outcome == Outcome.APPLIED and not limits.take(now, plan.plan_id):
            step = Step(Outcome.LIMIT_REACHED, "another invocation reached the limit", before=before, plan=plan)
        if step.outcome != Outcome.APPLIED:
            return self._record_once(progress, target, step)
        progress = self.progress_store.put(
            progress.claimed_for(plan.plan_id, step.approver or "", self.recorder.event_id, now)
        )
        return self._actions.apply(progress, plan, target, lambda: limits.give_back(now, plan.plan_id))

    def _save_plan(self, progress: Progress, target: Target, plan: Plan) -> tuple[Progress, Step]:
        """Saves and records a plan once."""
        why = f"in mode enforce it {self.remediation.effect}"
        step = Step(Outcome.WOULD_REMEDIATE, why, before=plan.before, after=plan.after, plan=plan)
        if progress.last_plan_id != plan.plan_id:
            plan.keep(self.environment.report_bucket)
            self.recorder.write(Kind.PLAN, target, progress, step)
            progress = self.progress_store.put(progress.replaced(last_plan_id=plan.plan_id))
        return progress, step

    def _record_once(self, progress: Progress, target: Target, step: Step, kind: Kind = Kind.REFUSAL) -> Step:
        """Writes a record, and a mail if required, unless it is the last notice again. Returns the step."""
        mark = f"{step.outcome} {step.plan.plan_id if step.plan else step.reason}"
        if step.outcome not in SILENT and progress.last_notice != mark:
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

    def _target(self, resource: Resource) -> Target:
        region, resource_type, resource_id = resource
        account, needed = self.environment.account, self.remediation.needs_item
        item = item_of(self.environment.aggregator, account, *resource) if needed else None
        name = self.remediation.name_of(resource_type, resource_id, item.get("resourceName") if item else None)
        return Target(account, region, resource_type, resource_id, name or resource_id, item)

    def _facts(self, progress: Progress) -> dict[str, str | int]:
        return {
            "deployment": self.environment.deployment,
            "rule": self.environment.rule,
            "finding_id": progress.finding_id,
            "attempt": progress.attempt,
            "requester": self.environment.role,
        }


def _bare_target(environment: RemediateEnvironment, resource: Resource, name: str = "") -> Target:
    """Returns a target without reading its configuration item."""
    region, resource_type, resource_id = resource
    return Target(environment.account, region, resource_type, resource_id, name or resource_id)
