"""Loads the facts for a decision about one resource, each when it is first asked for.

The permissions of the function's role depend on the mode: in mode `plan` it cannot read the kill switch, for example.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from handlers.common.model.remediation import Document, Mode, NotRemediableError, Remediation, Target
from handlers.common.runtime import clock
from handlers.common.stores import kill_switch as switch
from handlers.common.stores.config_items import NotRecordedError, item_of
from handlers.remediate.approvals import valid_approvals
from handlers.remediate.decision import Facts, Written
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.limits import Limits, Resource
from handlers.remediate.plan import Plan, planned
from handlers.remediate.progress import Progress, State

WaivedBy = Callable[[Resource], str | None]
"""Describes the waiver or exclusion in force on a resource; None if there is none."""


class States(NamedTuple):
    """The present and the desired state of a resource, or why it cannot be remediated."""

    present: Document
    desired: Document
    problem: str = ""

    @property
    def are_equal(self) -> bool:
        """Whether the resource has the desired state."""
        return not self.problem and self.present == self.desired


@dataclass
class Situation:
    """One resource and its remediation; `parameters` are those of the remediation. What is read is read once."""

    environment: RemediateEnvironment
    remediation: Remediation
    parameters: Document
    limits: Limits
    waived_by: WaivedBy
    read_switch: Callable[[], switch.State]
    resource: Resource
    progress: Progress

    def facts(self) -> Facts:
        """Returns the facts for a decision."""
        env = self.environment
        return Facts(
            environment=env,
            progress=self.progress,
            name=self.target.name,
            effect=self.remediation.effect,
            resolves=self.remediation.resolves,
            unrecorded=self._recorded[1],
            waived=lambda: self.waived_by(self.resource) or "",
            written=lambda: self._written,
            is_desired=lambda: self.states.are_equal,
            not_remediable=lambda: self.states.problem or self.remediation.obstacle(self.target),
            plan_id=lambda: self.plan.plan_id,
            now=lambda: self.now,
            approvals=lambda: valid_approvals(env.report_bucket, self.plan, self.now, env.approval_hours),
            switch=self.read_switch,
            exceeded=self.limits.exceeded,
            used_up=lambda: self.limits.reached(self.now, self.plan.plan_id),
        )

    @property
    def is_interrupted(self) -> bool:
        """Whether an invocation failed between intent and outcome, in a mode and scope in which it may be continued."""
        is_open = self.progress.state == State.IN_PROGRESS and not self._recorded[1]
        return is_open and self.target.name in self.environment.scope and Mode(self.environment.mode).writes

    @property
    def is_refused(self) -> bool:
        """Whether AWS has refused the plan for the present state, or there is no plan."""
        is_planned = not (self._recorded[1] or self.states.problem or self.states.are_equal)
        return not is_planned or self.plan.plan_id == self.progress.refused

    @property
    def target(self) -> Target:
        """The resource, with its configuration item if the remediation needs one."""
        return self._recorded[0]

    @cached_property
    def states(self) -> States:
        """The states, as read now."""
        try:
            present = self.remediation.read(self.target)
            return States(present, self.remediation.desired(present, self.target, self.parameters))
        except NotRemediableError as error:
            return States({}, {}, str(error))

    @cached_property
    def attempt(self) -> Progress:
        """The progress of the attempt: the next one if someone changed the resource back after a write."""
        return self.progress.finished() if self._written else self.progress

    @cached_property
    def plan(self) -> Plan:
        """The plan from the present to the desired state."""
        origin = {
            "deployment": self.environment.deployment,
            "rule": self.environment.rule,
            "finding_id": self.attempt.finding_id,
            "attempt": self.attempt.attempt,
            "requester": self.environment.role,
        }
        return planned(self.remediation, self.target, self.states.present, self.states.desired, origin)

    @cached_property
    def now(self) -> datetime:
        """The time of the decision, and of a write that follows."""
        return clock.now()

    @cached_property
    def _recorded(self) -> tuple[Target, str]:
        """The target, and why it has no configuration item."""
        region, resource_type, resource_id = self.resource
        account, item, unrecorded = self.environment.account, None, ""
        try:
            if self.remediation.needs_item:
                item = item_of(self.environment.aggregator, account, *self.resource)
        except NotRecordedError as error:
            unrecorded = str(error)
        name = self.remediation.name_of(resource_type, resource_id, item.get("resourceName") if item else None)
        return Target(account, region, resource_type, resource_id, name or resource_id, item), unrecorded

    @cached_property
    def _written(self) -> Written | None:
        if self.progress.state != State.APPLIED or self.states.problem:
            return None
        return Written(
            clock.now() - clock.parse(self.progress.at),
            is_item_older(self.remediation, self.target, self.progress),
            self.remediation.is_apply_pending(self.states.present),
        )


def is_item_older(remediation: Remediation, target: Target, progress: Progress) -> bool:
    """Returns whether the state is from a configuration item captured before the write."""
    if not remediation.state_is_recorded or target.item is None:
        return False
    captured = target.item.get("configurationItemCaptureTime")
    return captured is None or clock.stamp(captured) <= progress.at
