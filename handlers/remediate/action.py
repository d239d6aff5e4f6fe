"""The writes of a remediation, and the verification of their results."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Call, Document, Remediation, Target
from handlers.common.runtime import clients, clock
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.runtime.naming import OPERATE
from handlers.common.stores import kill_switch as switch
from handlers.common.stores.audit_trail import Kind
from handlers.remediate import refusals
from handlers.remediate.facts import is_item_older
from handlers.remediate.plan import Plan
from handlers.remediate.progress import Progress, ProgressStore, State
from handlers.remediate.records import AuditRecorder, Step

LONGEST_REASON = 300
"""Characters of an AWS error message that are kept."""

PAUSES_SECONDS = (1, 2, 4)
"""Pauses between the reads after a write."""


class NotVerifiedError(ComplianceMonitorError, RuntimeError):
    """A write was accepted, but the resource does not have the desired state when read back. A retry reads it again."""


@dataclass(frozen=True)
class Actions:
    """Actions of one rule's remediation; `parameters` are those of the remediation."""

    remediation: Remediation
    parameters: Document
    recorder: AuditRecorder
    progress_store: ProgressStore

    def apply(self, progress: Progress, plan: Plan, target: Target, give_back: Callable[[], None]) -> Step:
        """Makes the calls of a claimed plan, and reads the kill switch before each call.

        Calls `give_back` first if nothing was written, so that the action does not count towards the limits.
        """
        step = Step(Outcome.APPLIED, plan.document["effect"], plan.before, plan.after, plan, progress.approver)
        if progress.approver:
            self.recorder.write(Kind.APPROVAL_USED, target, progress, step)
        self.recorder.write(Kind.INTENT, target, progress, step)
        for call in plan.calls:
            state = self.switch()
            if not state.running:
                give_back()
                why = f"stopped before {call.operation}: the kill switch is set to {state.value!r}"
                return self._finish(
                    progress.in_state(State.IDLE), target, self._with(step, Outcome.KILL_SWITCH_ENGAGED, why)
                )
            try:
                clients.call(call.service, call.operation, target.region, call.parameters)
            except (ClientError, BotoCoreError) as error:
                if refusals.wrote_nothing(error):
                    give_back()
                if refusals.is_final(error, again=progress.denied == progress.plan_id):
                    return self._refused(
                        progress, target, self._with(step, Outcome.REFUSED, _why(call, progress.plan_id, error))
                    )
                self._failed(
                    progress, target, self._with(step, Outcome.FAILED, f"{call.operation} failed: {error}"), error
                )
                raise
        return self._read_back(progress, target, step)

    def switch(self) -> switch.State:
        """Returns the present state of the kill switch, after recording a state change."""
        env = self.recorder.environment
        return switch.read_and_record(
            env.switch_parameter, self.progress_store.journal, self.recorder.trail, {"noticed_by": env.role}
        )

    def recovered(self, progress: Progress, target: Target, present: Document) -> Progress:
        """Records the outcome of an intent whose invocation failed; raises InProgressError if it may be running."""
        progress.check_unclaimed(clock.now(), self.recorder.event_id)
        plan = Plan.fetch(self.recorder.environment.report_bucket, progress.plan_id)
        if present == plan.before or is_item_older(self.remediation, target, progress):
            step = Step(Outcome.FAILED, "an invocation failed after its intent; nothing was written", plan=plan)
            return self._record_outcome(progress.in_state(State.IDLE), target, step)
        if self.remediation.desired(present, target, self.parameters) == present:
            why = "written by an invocation that failed before it recorded the outcome"
            return self._record_outcome(
                progress.in_state(State.APPLIED),
                target,
                Step(Outcome.APPLIED, why, plan.before, present, plan, progress.approver),
            )
        why = "an invocation failed, and the resource has neither its former nor the intended state"
        return self._record_outcome(
            progress.finished(), target, Step(Outcome.SUPERSEDED, why, plan.before, present, plan)
        )

    def unrecovered(self, progress: Progress, target: Target, why: str) -> Progress:
        """Closes an intent whose invocation failed, if the resource cannot be read; raises InProgressError."""
        progress.check_unclaimed(clock.now(), self.recorder.event_id)
        plan = Plan.fetch(self.recorder.environment.report_bucket, progress.plan_id)
        step = Step(Outcome.SUPERSEDED, f"an invocation failed, and now: {why}", plan.before, plan=plan)
        return self._record_outcome(progress.finished(), target, step)

    def _read_back(self, progress: Progress, target: Target, step: Step) -> Step:
        if self.remediation.state_is_recorded:
            why = f"{step.reason}: AWS has accepted the call; awaiting the configuration item of AWS Config"
            return self._finish(progress.in_state(State.APPLIED), target, self._with(step, Outcome.APPLIED, why))
        after = self._read_again(target)
        if self.remediation.desired(after, target, self.parameters) != after:
            why = "written, but the resource does not have the desired state when read back"
            self._finish(
                progress.in_state(State.IN_PROGRESS), target, self._with(step, Outcome.NOT_VERIFIED, why, after)
            )
            raise NotVerifiedError(f"{target.name}: {why}")
        why = f"{step.reason}; read back, awaiting re-evaluation by AWS Config"
        self._finish(progress.in_state(State.APPLIED), target, self._with(step, Outcome.APPLIED, why, after))
        self._reevaluate(target.region)
        return self._with(step, Outcome.APPLIED, why, after)

    def _read_again(self, target: Target) -> Document:
        """Returns the state after a write, read until it is the desired one: S3 and RDS may return a former one."""
        state = self.remediation.read(target)
        for pause in PAUSES_SECONDS:
            if self.remediation.desired(state, target, self.parameters) == state:
                break
            time.sleep(pause)
            state = self.remediation.read(target)
        return state

    def _failed(self, progress: Progress, target: Target, step: Step, error: Exception) -> None:
        """Records a failure. A refused call wrote nothing; the result of a call without a response is unknown."""
        refused = refusals.wrote_nothing(error)
        denied = progress.plan_id if refusals.is_denial(error) else progress.denied
        self._finish(
            progress.in_state(State.IDLE if refused else State.IN_PROGRESS).with_values(denied=denied), target, step
        )

    def _refused(self, progress: Progress, target: Target, step: Step) -> Step:
        """Records and reports a final refusal once, because a retry would be refused too."""
        progress = self._record_outcome(
            progress.in_state(State.IDLE).with_values(refused=progress.plan_id), target, step
        )
        self.recorder.notify(target, progress, step)
        # After the mail: if the invocation fails before, the next event causes the mail.
        self.progress_store.put(progress.replaced(last_notice=f"{step.outcome} {progress.plan_id}"))
        return step

    def _reevaluate(self, region: str) -> None:
        """Starts an evaluation of the rule on recorded items. Recording the write starts a further evaluation."""
        try:
            clients.config_service(region).start_config_rules_evaluation(
                ConfigRuleNames=[self.recorder.environment.config_rule]
            )
        except ClientError as error:
            # An evaluation is in progress, or was started within this minute (AWS Config API Reference).
            if error.response["Error"]["Code"] not in ("LimitExceededException", "ResourceInUseException"):
                raise

    def _finish(self, progress: Progress, target: Target, step: Step) -> Step:
        self._record_outcome(progress, target, step)
        return step

    def _record_outcome(self, progress: Progress, target: Target, step: Step) -> Progress:
        self.recorder.write(Kind.OUTCOME, target, progress, step)
        return self.progress_store.settle(progress)

    def _with(self, step: Step, outcome: Outcome, reason: str, after: Document | None = None) -> Step:
        return Step(outcome, reason, step.before, after, step.plan, step.approver)


def _why(call: Call, plan_id: str, error: Exception) -> str:
    # EC2 adds an encoded message of some thousand characters to a denial.
    message = str(error)[:LONGEST_REASON]
    return (
        f"AWS refuses {call.operation}: {message}; not tried again until the resource changes. "
        f"After the cause is fixed, run: {OPERATE} retry {plan_id}"
    )
