"""Answers a resource's non-compliance with a plan or a repair, and writes down what was done and why."""

import json
import logging
from typing import Any

from handlers import __version__
from handlers.common import clients, clock, metrics
from handlers.common.events import ComplianceChange, time_of
from handlers.common.layout import audit_key
from handlers.common.names import rule_of
from handlers.common.outcome import Outcome
from handlers.common.rule import Mode, Rule
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.outcome import Run, Step
from handlers.rules import RULES

log = logging.getLogger(__name__)


class NotVerifiedError(RuntimeError):
    """A write was accepted but is not seen when read back."""


class NoRemediationError(LookupError):
    """The function was deployed for a rule that has no remediation."""


def handler(event: Any, _context: object) -> None:
    """Answers an EventBridge "Config Rules Compliance Change" event that says NON_COMPLIANT."""
    environment = RemediateEnvironment.from_variables()
    change = ComplianceChange.from_event(event, environment.account.__eq__)
    own = {environment.rule: RULES[environment.rule]}
    rule = rule_of(change.config_rule_name, own, environment.environment, environment.environment_suffix)
    if rule.remediation is None:
        raise NoRemediationError(f"rule {rule.name} has no remediation")
    run = Run(rule.remediation, Mode(environment.mode), environment.scope, environment.parameters)
    step = run.decide(change.region, change.resource_id)
    # The before-state is in the log ahead of any write: whatever happens next, it can be restored by hand.
    log.info("remediation decided", extra=change.log_fields() | {"outcome": step.outcome, "before": step.before})
    step = run.carry_out(change.region, change.resource_id, step)
    record = _record(step, change, rule, environment)
    clients.s3().put_object(
        Bucket=environment.report_bucket,
        Key=audit_key(time_of(event, "time"), rule.name, change.event_id, step.outcome),
        Body=json.dumps(record, indent=2, sort_keys=True).encode(),
        ContentType="application/json",
    )
    log.info("remediation recorded", extra={"audit": record})
    metrics.emit(environment.deployment, {"Rule": rule.name, "Outcome": step.outcome}, {"Remediations": 1})
    if step.outcome == Outcome.NOT_VERIFIED:
        raise NotVerifiedError(f"{change.resource_id}: {step.reason}")


def _record(step: Step, change: ComplianceChange, rule: Rule, environment: RemediateEnvironment) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "version": __version__,
        "at": clock.stamp(clock.now()),
        "event_id": change.event_id,
        "rule": rule.name,
        "controls": list(rule.controls),
        "mode": environment.mode,
        "account": change.account,
        "region": change.region,
        "resource_type": change.resource_type,
        "resource_id": change.resource_id,
        "outcome": str(step.outcome),
        "reason": step.reason,
        "before": step.before,
        "wanted": step.wanted,
        "after": step.after,
    }
