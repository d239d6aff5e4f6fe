"""Plans or applies the remediation of non-compliant resources, and records the reason.

An event is a compliance change, a new approval in the bucket, or a schedule. On schedule, every non-compliant resource
in scope is remediated.
"""

import logging
from functools import cache, partial
from typing import Any

from handlers.common.model import exclusion, parameters
from handlers.common.model.events import NON_COMPLIANT, ComplianceChange, MalformedEventError, text_of
from handlers.common.model.exclusion import Exclusion
from handlers.common.model.remediation import Remediation
from handlers.common.model.rule import Rule
from handlers.common.model.waiver import ResourceRef, Waiver
from handlers.common.runtime import clients, clock
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.runtime.naming import rule_of
from handlers.common.stores.audit_trail import Trail
from handlers.common.stores.config_items import tags_of
from handlers.common.stores.journal import Journal
from handlers.common.stores.report_bucket import approved_plan
from handlers.remediate.environment import RemediateEnvironment
from handlers.remediate.limits import Resource, violating
from handlers.remediate.progress import ProgressStore
from handlers.remediate.records import AuditRecorder, Step
from handlers.remediate.workflow import Workflow
from handlers.rules import RULES

log = logging.getLogger(__name__)

SCHEDULED, OBJECT_CREATED = "Scheduled Event", "Object Created"


class NoRemediationError(ComplianceMonitorError, LookupError):
    """The function was deployed for a rule without a remediation."""


class FailedSweepError(ComplianceMonitorError, RuntimeError):
    """Some resources could not be remediated; a retry tries them again."""


def handler(event: Any, _context: object) -> None:
    """Handles the EventBridge events "Config Rules Compliance Change", "Object Created" and "Scheduled Event"."""
    environment = RemediateEnvironment.from_env()
    rule = RULES[environment.rule]
    if rule.remediation is None:
        raise NoRemediationError(f"rule {rule.name} has no remediation")
    workflow = _workflow(environment, rule, rule.remediation, text_of(event, "id"))
    kind = text_of(event, "detail-type")
    if kind == SCHEDULED:
        _sweep(workflow)
    elif kind == OBJECT_CREATED:
        _log(workflow.on_approval(_approved_plan(event, environment)), {"event": kind})
    else:
        _on_change(ComplianceChange.from_event(event, environment.account.__eq__), workflow)


def _on_change(change: ComplianceChange, workflow: Workflow) -> None:
    env = workflow.environment
    rule_of(change.config_rule_name, {env.rule: env.rule}, env.environment, env.environment_suffix)
    if change.compliance_type == NON_COMPLIANT:
        resource = (change.region, change.resource_type, change.resource_id)
        _log(workflow.remediate(resource), change.log_fields())
    else:
        workflow.on_compliant(change)


def _sweep(workflow: Workflow) -> None:
    failures = []
    for resource in list(violating(workflow.environment)):
        try:
            if workflow.in_scope(resource):
                _log(workflow.remediate(resource), {"resource_id": resource[-1]})
        except Exception as error:
            log.exception("remediation failed", extra={"resource_id": resource[-1]})
            failures.append(f"{resource[-1]}: {error}")
    if failures:
        raise FailedSweepError("; ".join(failures))


def _approved_plan(event: Any, environment: RemediateEnvironment) -> str:
    """Returns the id of the approved plan; raises MalformedEventError for any other object."""
    bucket, key = text_of(event, "detail", "bucket", "name"), text_of(event, "detail", "object", "key")
    plan_id = approved_plan(key, environment.rule)
    if bucket != environment.report_bucket or plan_id is None:
        raise MalformedEventError(f"{key!r} in {bucket!r} is not the approval of a plan of {environment.rule}")
    return plan_id


def _workflow(environment: RemediateEnvironment, rule: Rule, remediation: Remediation, event_id: str) -> Workflow:
    journal = Journal(clients.dynamodb(), environment.journal_table)
    recorder = AuditRecorder(environment, rule, Trail(environment.audit_queue), event_id)
    return Workflow(
        environment,
        remediation,
        parameters.deployed(),
        recorder,
        ProgressStore(journal),
        partial(_waived_by, environment),
    )


def _waived_by(environment: RemediateEnvironment, resource: Resource) -> str | None:
    region, resource_type, resource_id = resource
    resource_ref = ResourceRef(
        account=environment.account, region=region, resource_type=resource_type, resource_id=resource_id
    )
    tags = cache(partial(tags_of, environment.aggregator, environment.account, *resource))
    scope = exclusion.applicable(environment.rule, resource_ref, clock.now().date(), tags)
    if isinstance(scope, Exclusion):
        return f"excluded from the rule: {scope.reason}"
    return f"waiver {scope.id} is valid until {scope.end} ({scope.ticket})" if isinstance(scope, Waiver) else None


def _log(step: Step, fields: dict[str, str]) -> None:
    outcome = {"outcome": step.outcome, "reason": step.reason, "at": clock.stamp(clock.now())}
    log.info("remediation step", extra=fields | outcome)
