"""The part of a remediation that writes, and what finds out later how a write went."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.model.cadence import EVALUATION_HOURS
from handlers.common.model.outcome import Outcome
from handlers.common.model.remediation import Call, Document, Remediation, Target
from handlers.common.runtime import clients, clock
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores import kill_switch as switch
from handlers.common.stores.audit_trail import Kind
from handlers.remediate import refusals
from handlers.remediate.plan import Plan
from handlers.remediate.progress import Progress, ProgressStore, State
from handlers.remediate.records import AuditRecorder, Step

LONGEST_REASON = 300
"""Characters of what AWS says."""

PAUSES_SECONDS = (1, 2, 4)
"""Between the reads of what was written."""

PATIENCE = timedelta(hours=2 * EVALUATION_HOURS)
"""Within which Config must find compliant what was written: two evaluations."""


class NotVerifiedError(ComplianceMonitorError, RuntimeError):
    """A write was accepted but is not seen when read back; the retry looks again."""


@dataclass(frozen=True)
class Actions:
    """Actions of one rule's remediation; `parameters` are the remediation's own."""

    remediation: Remediation
    parameters: Document
    recorder: AuditRecorder
    progress_store: ProgressStore

    def apply(self, progress: Progress, plan: Plan, target: Target, give_back: Callable[[], None]) -> Step:
        """Writes what a claimed case's plan lists; the kill switch is read before every call.

        What wrote nothing is given back to the limits before anything else is done about it.
        """
        step = Step(Outcome.APPLIED, plan.document["effect"], plan.before, plan.after, plan, progress.approver)
        if progress.approver:
            self.recorder.write(Kind.APPROVAL_USED, target, progress, step)
        self.recorder.write(Kind.INTENT, target, progress, step)
        for call in plan.calls:
            state = self.switch()
            if not state.running:
                give_back()
                why = f"stopped before {call.operation}: the kill switch says {state.value!r}"
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
        """Returns the kill switch as it stands."""
        env = self.recorder.environment
        return switch.read_and_record(
            env.switch_parameter, self.progress_store.journal, self.recorder.trail, {"noticed_by": env.role}
        )

    def recovered(self, progress: Progress, target: Target, present: Document) -> Progress:
        """Records the outcome of an intent whose invocation died; raises InProgressError if it may be alive."""
        progress.check_unclaimed(clock.now(), self.recorder.event_id)
        plan = Plan.fetch(self.recorder.environment.report_bucket, progress.plan_id)
        if present == plan.before or self.is_item_older(target, progress):
            step = Step(Outcome.FAILED, "an invocation died after it said so; nothing is written yet", plan=plan)
            return self._record_outcome(progress.in_state(State.IDLE), target, step)
        if self.remediation.desired(present, target, self.parameters) == present:
            why = "written by an invocation that died before it could say so"
            return self._record_outcome(
                progress.in_state(State.APPLIED),
                target,
                Step(Outcome.APPLIED, why, plan.before, present, plan, progress.approver),
            )
        why = "an invocation died in between, and the resource is neither as it was nor as intended"
        return self._record_outcome(
            progress.finished(), target, Step(Outcome.SUPERSEDED, why, plan.before, present, plan)
        )

    def unrecovered(self, progress: Progress, target: Target, why: str) -> Progress:
        """Ends an intent whose invocation has died where the resource cannot be looked at; raises InProgressError."""
        progress.check_unclaimed(clock.now(), self.recorder.event_id)
        plan = Plan.fetch(self.recorder.environment.report_bucket, progress.plan_id)
        step = Step(Outcome.SUPERSEDED, f"an invocation died in between, and now: {why}", plan.before, plan=plan)
        return self._record_outcome(progress.finished(), target, step)

    def awaited(self, progress: Progress, target: Target, present: Document, desired: Document) -> Step | None:
        """Returns the step of a write that Config has not confirmed; None if the resource has changed back."""
        waiting = Step(Outcome.AWAITING_CONFIG, "written; AWS Config has yet to say so", before=present)
        if self.is_item_older(target, progress):
            return waiting
        if desired != present:
            return None
        if not self.remediation.resolves:
            return Step(Outcome.CONTAINED, f"{self.remediation.effect}; read back", before=present, after=present)
        if self.remediation.is_apply_pending(present) or clock.now() - clock.parse(progress.at) <= PATIENCE:
            return waiting
        why = "written and read back, and still AWS Config finds the resource non-compliant"
        return Step(Outcome.NOT_FIXED, why, before=present, after=present)

    def is_item_older(self, target: Target, progress: Progress) -> bool:
        """Returns whether the state comes from a configuration item that was captured before the write."""
        if not self.remediation.state_is_recorded or target.item is None:
            return False
        captured = target.item.get("configurationItemCaptureTime")
        return captured is None or clock.stamp(captured) <= progress.at

    def _read_back(self, progress: Progress, target: Target, step: Step) -> Step:
        if self.remediation.state_is_recorded:
            why = f"{step.reason}: AWS has taken the call; the state shows when AWS Config records it"
            return self._finish(progress.in_state(State.APPLIED), target, self._with(step, Outcome.APPLIED, why))
        after = self._read_again(target)
        if self.remediation.desired(after, target, self.parameters) != after:
            why = "written, but what was read back is not what was wanted"
            self._finish(
                progress.in_state(State.IN_PROGRESS), target, self._with(step, Outcome.NOT_VERIFIED, why, after)
            )
            raise NotVerifiedError(f"{target.name}: {why}")
        why = f"{step.reason}; read back, and AWS Config has yet to say so"
        self._finish(progress.in_state(State.APPLIED), target, self._with(step, Outcome.APPLIED, why, after))
        self._reevaluate(target.region)
        return self._with(step, Outcome.APPLIED, why, after)

    def _read_again(self, target: Target) -> Document:
        """Returns the state after a write, read until it is the wanted one: S3 and RDS may answer with an older one."""
        found = self.remediation.read(target)
        for pause in PAUSES_SECONDS:
            if self.remediation.desired(found, target, self.parameters) == found:
                break
            time.sleep(pause)
            found = self.remediation.read(target)
        return found

    def _failed(self, progress: Progress, target: Target, step: Step, error: Exception) -> None:
        """Records a failure. A refused call wrote nothing; the result of a call without an answer is unknown."""
        refused = refusals.wrote_nothing(error)
        denied = progress.plan_id if refusals.is_denial(error) else progress.denied
        self._finish(
            progress.in_state(State.IDLE if refused else State.IN_PROGRESS).with_values(denied=denied), target, step
        )

    def _refused(self, progress: Progress, target: Target, step: Step) -> Step:
        """Said once, to people too: a retry would be refused as well."""
        progress = self._record_outcome(
            progress.in_state(State.IDLE).with_values(refused=progress.plan_id), target, step
        )
        self.recorder.notify(target, progress, step)
        # Only now: whoever dies before leaves the mail to the next event.
        self.progress_store.put(progress.replaced(last_notice=f"{step.outcome} {progress.plan_id}"))
        return step

    def _reevaluate(self, region: str) -> None:
        """Starts an evaluation of the rule. Config evaluates what it has recorded; a recorded write starts another."""
        try:
            clients.config_service(region).start_config_rules_evaluation(
                ConfigRuleNames=[self.recorder.environment.config_rule]
            )
        except ClientError as error:
            # One is under way, or was started within this minute (AWS Config API Reference).
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
    said = str(error)[:LONGEST_REASON]
    return (
        f"AWS refuses {call.operation}: {said}; not tried again until the resource changes, or someone has fixed "
        f"the cause and says: python -m operate retry {plan_id}"
    )
