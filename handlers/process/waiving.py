"""Waivers and exclusions of a change's resource, and the audit records of their effect on a finding."""

from functools import cache, partial

from handlers.common.model import exclusion, waiver
from handlers.common.model.events import NON_COMPLIANT, ComplianceChange
from handlers.common.model.finding import Finding, Status
from handlers.common.model.rule import Rule
from handlers.common.model.waiver import ResourceRef
from handlers.common.runtime import clock
from handlers.common.stores.audit_trail import Entry, Kind, Trail
from handlers.common.stores.config_items import tags_of
from handlers.process.environment import ProcessEnvironment


def in_force(change: ComplianceChange, rule: Rule, environment: ProcessEnvironment) -> str:
    """Returns the id of the exclusion or waiver in force on a change's resource; empty if there is none."""
    if change.compliance_type != NON_COMPLIANT:
        return ""
    resource = ResourceRef(
        account=change.account,
        region=change.region,
        resource_type=change.resource_type,
        resource_id=change.resource_id,
    )
    place = (change.account, change.region, change.resource_type, change.resource_id)
    # AWS Config refuses requests for types that it does not record.
    recorded = change.resource_type in rule.recorded_types
    tags = cache(partial(tags_of, environment.aggregator, *place)) if recorded else dict[str, str]
    scope = exclusion.applicable(rule.name, resource, clock.now().date(), tags)
    return scope.id if scope else ""


def record(finding: Finding, rule: Rule, environment: ProcessEnvironment, event_id: str) -> None:
    """Records the start or end of a waiver or exclusion of a finding."""
    reason, principals = _reason_and_people(finding.waiver)
    Trail(environment.audit_queue).append(
        Entry(
            kind=_kind(finding),
            once=finding.alert_id,
            who={"role": environment.role} | principals,
            what={
                "account": finding.account,
                "region": finding.region,
                "resource_type": finding.resource_type,
                "resource_id": finding.resource_id,
                "opened_at": finding.opened_at,
                "compliance_type": finding.compliance_type,
            },
            why={
                "rule": rule.name,
                "controls": list(rule.controls),
                "finding_id": finding.finding_id,
                "waiver": finding.waiver,
            }
            | reason,
            after={"status": finding.status},
            ids={"event_id": event_id, "waiver": finding.waiver},
        )
    )


def _reason_and_people(id: str) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the reason of a waiver or exclusion, and owner and approver; both empty if it was removed since."""
    for each in waiver.load():
        if each.id == id:
            why = {"reason": each.reason, "ticket": each.ticket, "end": each.end}
            return why, {"owner": each.owner, "approver": each.approver}
    return next(({"reason": each.reason} for each in exclusion.load() if each.id == id), {}), {}


def _kind(finding: Finding) -> Kind:
    applies = finding.status == Status.WAIVED
    if finding.waiver.startswith(exclusion.PREFIX):
        return Kind.EXCLUSION_APPLIED if applies else Kind.EXCLUSION_ENDED
    return Kind.WAIVER_APPLIED if applies else Kind.WAIVER_ENDED
