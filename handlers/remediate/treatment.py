"""The one way a remediation treats a resource: look, plan, pass the gates, announce, write, look again, record.

Whatever order events come in, however often, and wherever an invocation dies: the journal's case lets one invocation
act for each occasion, the intent in the trail comes before the write, and who comes next finds what came of it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from handlers.common.model.approval import MalformedApprovalError
from handlers.common.model.events import COMPLIANT, ComplianceChange
from handlers.common.model.finding import finding_id
from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Document, Mode, NotRemediableError, Remediation, Target
from handlers.common.runtime import clock
from handlers.common.stores.audit_trail import Kind
from handlers.common.stores.config_items import NotRecordedError, item_of
from handlers.remediate.action import Actions
from handlers.remediate.case import Cases, Progress, State
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.gates import Gates, approval_of
from handlers.remediate.limits import Limits, Resource
from handlers.remediate.plan import NoSuchPlanError, Plan, planned
from handlers.remediate.records import AuditRecorder, Step

log = logging.getLogger(__name__)

WaivedBy = Callable[[Resource], str | None]
"""What waives a finding on a resource now, in words; None if nothing does."""

SILENT = {Outcome.AWAITING_CONFIG}
"""Said in the log only: it is so with every report until Config has spoken."""


@dataclass(frozen=True)
class Workflow:
    """The treatment of resources under one rule; `parameters` are the remediation's own."""

    environment: RemediateEnvironment
    remediation: Remediation
    parameters: Document
    recorder: AuditRecorder
    cases: Cases
    waived_by: WaivedBy
    _found: dict[str, set[str]] = field(default_factory=dict)

    def treat(self, resource: Resource) -> Step:
        """Whatever is to be done about a non-compliant resource now; twice is once."""
        case = self._case(resource)
        try:
            target = self._target(resource)
        except NotRecordedError as error:
            return self._say(case, _unknown(self.environment, resource), Step(Outcome.NOT_REMEDIABLE, str(error)))
        scoped = target.name in self.environment.scope
        if case.state == State.INTENDED and scoped and self.environment.mode != Mode.PLAN:
            case = self._recovered(case, target)
        if waived := self.waived_by(resource):
            return self._say(case, target, Step(Outcome.WAIVED, waived))
        if not scoped:
            # Of most resources of an account that is all there is to say: counted, and in the log.
            return self.recorder.count(Step(Outcome.OUT_OF_SCOPE, f"{target.name} is not in the rule's scope"))
        try:
            return self._worked(case, target)
        except NotRemediableError as error:
            return self._say(self._case(resource), target, Step(Outcome.NOT_REMEDIABLE, str(error)))

    def _recovered(self, case: Progress, target: Target) -> Progress:
        try:
            return self._actions.recovered(case, target, self.remediation.read(target))
        except NotRemediableError as error:
            return self._actions.unrecovered(case, target, str(error))

    def closed(self, change: ComplianceChange) -> None:
        """Config's word that a resource is compliant, or is no more: only now something is called remediated."""
        resource = (change.region, change.resource_type, change.resource_id)
        case = self._case(resource)
        at_rest = case.state == State.REST
        if at_rest and self.cases.is_listed(case):
            # The new revision refuses whoever has put it there and not written the case yet.
            case = self.cases.settle(case.changed())
        if (at_rest and not case.refused) or change.observed_at < case.at:
            return
        case.check_unclaimed(clock.now(), self.recorder.event_id)
        if not at_rest and case.state != State.HELD:
            compliant = change.compliance_type == COMPLIANT
            outcome = Outcome.REMEDIATED if compliant else Outcome.GONE
            why = f"AWS Config says {change.compliance_type} since {change.observed_at}"
            plan = self._plan(case)
            step = Step(outcome, why, plan=plan, approver=case.approver)
            target = _unknown(self.environment, resource, plan.document["name"] if plan else change.resource_id)
            if case.state == State.INTENDED:
                found = Step(Outcome.APPLIED, "written by an invocation that died before it could say so", plan=plan)
                self.recorder.write(Kind.OUTCOME, target, case, found)
            self.recorder.write(Kind.VERIFICATION, target, case, step)
        self.cases.settle(case.over())

    def approved(self, plan_id: str) -> Step:
        """Whatever an approval that has just come in lets be done."""
        plan = Plan.fetch(self.environment.report_bucket, plan_id)
        if plan.document["rule"] != self.environment.rule:
            raise NoSuchPlanError(f"plan {plan_id} is one of {plan.document['rule']}")
        resource = (plan.document["region"], plan.document["resource_type"], plan.document["resource_id"])
        if self._is_used(plan, self._case(resource)):
            return Step(Outcome.ALREADY_COMPLIANT, f"{plan_id} was carried out, and is over", plan=plan)
        step, case = self.treat(resource), self._case(resource)
        is_current = case.plan_id == plan_id and case.state != State.REST
        if is_current or (step.plan is not None and step.plan.plan_id == plan_id):
            return step
        why = f"the approval is refused: the resource is not as it was when {plan_id} was planned ({step.reason})"
        target = _unknown(self.environment, resource, plan.document["name"])
        return self._say(case, target, Step(Outcome.APPROVAL_REFUSED, why, before=step.before, plan=plan))

    def in_scope(self, resource: Resource) -> bool:
        """Whether the remediation may touch the resource now; of thousands outside its scope none is looked at."""
        region, _, resource_id = resource
        return resource_id in self._ids_in_scope(region) and not self.waived_by(resource)

    def _ids_in_scope(self, region: str) -> set[str]:
        if region not in self._found:
            scope, find = self.environment.scope, self.remediation.find
            found = [find(region, name) for name in scope] if find else scope
            self._found[region] = {each for each in found if each is not None}
        return self._found[region]

    def _is_used(self, plan: Plan, case: Progress) -> bool:
        """Whether the approval that lies there was given for what is over: its event may come again."""
        if case.plan_id != plan.plan_id or case.occasion == plan.document["occasion"]:
            return False
        try:
            approval = approval_of(self.environment.report_bucket, self.environment.rule, plan.plan_id)
        except MalformedApprovalError:
            return False
        return approval is not None and clock.parse(approval.approved_at) <= clock.parse(case.at)

    def _waits(self, resource: Resource) -> bool:
        """Whether it needs an action: it may be touched, AWS has not refused, and none waits for Config's word."""
        if not self.in_scope(resource):
            return False
        case = self._case(resource)
        return case.state in (State.REST, State.INTENDED) and not (case.refused and self._is_refused(case, resource))

    def _is_refused(self, case: Progress, resource: Resource) -> bool:
        """Whether what would be planned now is what AWS has refused, or nothing would be planned."""
        try:
            target = self._target(resource)
            before = self.remediation.read(target)
            after = self.remediation.wanted(before, target, self.parameters)
        except (NotRecordedError, NotRemediableError):
            return True
        plan = planned(self.remediation, target, before, after, self._facts(case))
        return after == before or plan.plan_id == case.refused

    def _worked(self, case: Progress, target: Target) -> Step:
        before = self.remediation.read(target)
        after = self.remediation.wanted(before, target, self.parameters)
        if case.state == State.APPLIED:
            if (awaited := self._actions.awaited(case, target, before, after)) is not None:
                return self._say(case, target, awaited, Kind.VERIFICATION)
            case = self.cases.settle(case.over())
        if after == before:
            why = "the resource is as it should be; AWS Config has yet to say so"
            return self._say(case, target, Step(Outcome.ALREADY_COMPLIANT, why, before=before, after=after))
        if obstacle := self.remediation.obstacle(target):
            raise NotRemediableError(obstacle)
        plan = planned(self.remediation, target, before, after, self._facts(case))
        case, step = self._noted(case, target, plan)
        if self.environment.mode == Mode.PLAN:
            return step
        if case.refused == plan.plan_id:
            plan.keep(self.environment.report_bucket)  # it may have expired, and `operate retry` needs it
            why = "AWS has refused this plan before, and neither the resource nor the plan has changed since"
            return self._say(case, target, Step(Outcome.REFUSED, why, before=before, after=after, plan=plan))
        now, switch = clock.now(), self._actions.switch()
        limits = Limits(self.environment, self.recorder.rule.resource_types, self.cases.journal, self._waits)
        step = Gates(self.environment, limits).passed(case, plan, switch, now)
        if step.outcome == Outcome.APPLIED and not limits.take(now, plan.plan_id):
            step = Step(Outcome.LIMIT_REACHED, "another invocation took the last action", before=before, plan=plan)
        if step.outcome != Outcome.APPLIED:
            return self._say(case, target, step)
        case = self.cases.put(case.intended(plan.plan_id, step.approver or "", self.recorder.event_id, now))
        return self._actions.carry_out(case, plan, target, lambda: limits.give_back(now, plan.plan_id))

    def _noted(self, case: Progress, target: Target, plan: Plan) -> tuple[Progress, Step]:
        """A plan is kept and recorded once."""
        why = f"when enforced it {self.remediation.effect}"
        step = Step(Outcome.WOULD_REMEDIATE, why, before=plan.before, after=plan.after, plan=plan)
        if case.planned != plan.plan_id:
            plan.keep(self.environment.report_bucket)
            self.recorder.write(Kind.PLAN, target, case, step)
            case = self.cases.put(case.changed(planned=plan.plan_id))
        return case, step

    def _say(self, case: Progress, target: Target, step: Step, kind: Kind = Kind.REFUSAL) -> Step:
        """A record, and a mail where one is due; not again while nothing else has happened."""
        mark = f"{step.outcome} {step.plan.plan_id if step.plan else step.reason}"
        if step.outcome not in SILENT and case.last_notice != mark:
            self.recorder.write(kind, target, case, step)
            self.recorder.notify(target, case, step)
            self.cases.put(case.changed(last_notice=mark))
        return step

    @property
    def _actions(self) -> Actions:
        return Actions(self.remediation, self.parameters, self.recorder, self.cases)

    def _case(self, resource: Resource) -> Progress:
        return self.cases.get(finding_id(self.environment.rule, self.environment.account, *resource))

    def _plan(self, case: Progress) -> Plan | None:
        try:
            return Plan.fetch(self.environment.report_bucket, case.plan_id)
        except NoSuchPlanError:
            return None

    def _target(self, resource: Resource) -> Target:
        region, resource_type, resource_id = resource
        account, needed = self.environment.account, self.remediation.needs_item
        item = item_of(self.environment.aggregator, account, *resource) if needed else None
        name = self.remediation.name_of(resource_type, resource_id, item.get("resourceName") if item else None)
        return Target(account, region, resource_type, resource_id, name or resource_id, item)

    def _facts(self, case: Progress) -> dict[str, str | int]:
        return {
            "deployment": self.environment.deployment,
            "rule": self.environment.rule,
            "finding_id": case.finding_id,
            "occasion": case.occasion,
            "requester": self.environment.role,
        }


def _unknown(environment: RemediateEnvironment, resource: Resource, name: str = "") -> Target:
    """A target of which no more is known, or needs to be, than where it is."""
    region, resource_type, resource_id = resource
    return Target(environment.account, region, resource_type, resource_id, name or resource_id)
