"""Audit records and mails of a remediation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.model.finding import finding_id
from handlers.common.model.outcome import RESULTS, Outcome
from handlers.common.model.remediation import Document, Mode, Target
from handlers.common.model.rule import Rule
from handlers.common.runtime import clock, metrics
from handlers.common.runtime.email import subject
from handlers.common.runtime.naming import OPERATE, OPERATIONS_TOPIC
from handlers.common.stores.audit_chain import digest
from handlers.common.stores.audit_trail import ID_DIGITS, Entry, Kind, Trail
from handlers.common.stores.mail_queue import Mail
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.limits import run_of
from handlers.remediate.plan import Plan
from handlers.remediate.progress import Progress

LEADING = {Kind.PLAN, Kind.APPROVAL_USED, Kind.INTENT}
"""Kinds of records that precede an outcome and are not counted. In mode plan, plans are."""

NOTIFIED = {
    Outcome.AWAITING_APPROVAL,
    Outcome.APPROVAL_REFUSED,
    Outcome.LIMIT_REACHED,
    Outcome.NOT_FIXED,
    Outcome.REFUSED,
}
"""Outcomes that are mailed to operations, in addition to the record."""


@dataclass(frozen=True)
class Step:
    """The outcome of one step with a resource. States are None if they were not read."""

    outcome: Outcome
    reason: str
    before: Document | None = None
    after: Document | None = None
    plan: Plan | None = None
    approver: str | None = None


@dataclass(frozen=True)
class AuditRecorder:
    """Writes the records of one rule's remediation; `event_id` is the id of the event being handled."""

    environment: RemediateEnvironment
    rule: Rule
    trail: Trail
    event_id: str

    def write(self, kind: Kind, target: Target, progress: Progress, step: Step) -> None:
        """Writes the record of a step, and its metric."""
        ids: Document = {"plan_id": step.plan.plan_id} if step.plan else {}
        fact = f"{progress.finding_id}/{progress.revision}/{step.outcome}/{step.reason}/{ids.get('plan_id', '')}"
        self.trail.append(
            Entry(
                kind=kind,
                once=f"{kind}/{fact}",
                who=self._who(step),
                what={
                    "account": target.account,
                    "region": target.region,
                    "resource_type": target.resource_type,
                    "resource_id": target.resource_id,
                    "name": target.name,
                    "outcome": str(step.outcome),
                    "reason": step.reason,
                    "mode": self.environment.mode,
                    "calls": [call.document() for call in step.plan.calls] if step.plan else [],
                },
                why=self._why(target),
                before=step.before,
                after=step.after,
                ids=ids | {"event_id": self.event_id, "attempt": progress.attempt},
            )
        )
        if kind not in LEADING or (kind == Kind.PLAN and self.environment.mode == Mode.PLAN):
            self.count(step)

    def count(self, step: Step) -> Step:
        """Writes the metric of a step, and returns the step."""
        dimensions = {"Rule": self.rule.name, "Result": str(RESULTS[step.outcome])}
        metrics.emit(self.environment.deployment, dimensions, {"Remediations": 1})
        return step

    def notify(self, target: Target, progress: Progress, step: Step) -> None:
        """Sends a mail to operations if the outcome requires action, except in mode plan."""
        if not self.environment.mail_queue:
            return
        if step.outcome not in NOTIFIED:
            return
        heading = f"[REMEDIATION] {step.outcome} {self.environment.deployment}"
        plan = f", plan {step.plan.plan_id}" if step.plan else ""
        Mail(
            mail_id=self._mail_id(progress, step),
            topic=OPERATIONS_TOPIC,
            subject=subject(f"{heading}: {target.name}"),
            body="\n".join(_lines(self.rule, target, step)) + "\n",
            heading=f"{heading}: {self.rule.title}",
            line=f"{target.resource_type} {target.name}, {target.region}{plan}",
        ).put(self.environment.mail_queue)

    def _mail_id(self, progress: Progress, step: Step) -> str:
        """Returns the id of a step's mail. A reached limit, which blocks many resources, has one mail per run."""
        subject_id = f"{progress.finding_id}/{progress.revision}"
        if step.outcome == Outcome.LIMIT_REACHED:
            subject_id = f"{self.rule.name}/{clock.stamp(run_of(clock.now(), self.environment.first_evaluation))}"
        return digest(f"{step.outcome}/{subject_id}".encode())[:ID_DIGITS]

    def _who(self, step: Step) -> Mapping[str, Any]:
        return {"role": self.environment.role} | ({"approver": step.approver} if step.approver else {})

    def _why(self, target: Target) -> Mapping[str, Any]:
        identity = (target.account, target.region, target.resource_type, target.resource_id)
        return {
            "rule": self.rule.name,
            "controls": list(self.rule.controls),
            "finding_id": finding_id(self.rule.name, *identity),
        }


def _lines(rule: Rule, target: Target, step: Step) -> list[str]:
    lines = [
        f"{step.outcome}: {step.reason}",
        "",
        f"What:  {target.resource_type} {target.name} ({target.resource_id})",
        f"Where: account {target.account}, {target.region}",
        f"Rule:  {rule.name}: {rule.title}",
    ]
    if step.plan is not None:
        lines += ["", f"Plan:  {step.plan.plan_id}", f"Risk:  {step.plan.document['risk']}"]
        lines += [
            f"Call:  {call.service} {call.operation} {json.dumps(call.parameters, sort_keys=True)}"
            for call in step.plan.calls
        ]
    if step.outcome == Outcome.AWAITING_APPROVAL and step.plan is not None:
        lines += ["", f"To review and approve it, run: {OPERATE} approve {step.plan.plan_id}"]
    return lines
