"""The one way a remediation runs: look, decide, write if it may, look again."""

import dataclasses
from dataclasses import dataclass

from handlers.common.outcome import Outcome
from handlers.common.rule import Document, Mode, NotRemediableError, Remediation


@dataclass(frozen=True)
class Step:
    """How far a remediation went. States are None where they were not looked at or do not exist."""

    outcome: Outcome
    reason: str
    before: Document | None = None
    wanted: Document | None = None
    after: Document | None = None


@dataclass(frozen=True)
class Run:
    """A remediation under an environment's mode, scope and parameters."""

    remediation: Remediation
    mode: Mode
    scope: tuple[str, ...]
    parameters: Document

    def decide(self, region: str, resource_id: str) -> Step:
        """What is to be done, found out by reading only. Twice is once: a compliant resource needs nothing."""
        if resource_id not in self.scope:
            return Step(Outcome.OUT_OF_SCOPE, "the resource is not in the rule's remediation scope")
        before = self.remediation.read(region, resource_id)
        try:
            wanted = self.remediation.wanted(before, region, self.parameters)
        except NotRemediableError as error:
            return Step(Outcome.NOT_REMEDIABLE, str(error), before=before)
        if wanted == before:
            return Step(Outcome.ALREADY_COMPLIANT, "the resource is compliant already", before=before, wanted=wanted)
        return Step(
            Outcome.WOULD_REMEDIATE, f"when enforced it {self.remediation.effect}", before=before, wanted=wanted
        )

    def carry_out(self, region: str, resource_id: str, step: Step) -> Step:
        """Writes the wanted state of a decided step and reads it back; in plan mode returns the step as it is."""
        if step.outcome != Outcome.WOULD_REMEDIATE or step.wanted is None or self.mode != Mode.ENFORCE:
            return step
        self.remediation.apply(region, resource_id, step.wanted)
        after = self.remediation.read(region, resource_id)
        if self.remediation.wanted(after, region, self.parameters) == after:
            reason = f"{self.remediation.effect}; read back and verified"
            return dataclasses.replace(step, outcome=Outcome.REMEDIATED, reason=reason, after=after)
        reason = "written, but what was read back is not what was wanted"
        return dataclasses.replace(step, outcome=Outcome.NOT_VERIFIED, reason=reason, after=after)
