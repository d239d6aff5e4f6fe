"""Waivers as they bear on changes: which one holds, and the record of its effect on a finding."""

from functools import cache, partial

from handlers.common import clock, waiver
from handlers.common.events import NON_COMPLIANT, ComplianceChange
from handlers.common.findings import Finding, Status
from handlers.common.items import tags_of
from handlers.common.rule import Rule
from handlers.common.trail import Entry, Kind, Trail
from handlers.common.waiver import Exact
from handlers.process.environment import ProcessEnvironment


def in_force(change: ComplianceChange, rule: Rule, environment: ProcessEnvironment) -> str:
    """The id of the waiver that now holds on a change's resource; empty if there is none, or nothing to waive."""
    if change.compliance_type != NON_COMPLIANT:
        return ""
    resource = Exact(
        account=change.account,
        region=change.region,
        resource_type=change.resource_type,
        resource_id=change.resource_id,
    )
    place = (change.account, change.region, change.resource_type, change.resource_id)
    # AWS Config refuses the question about a type that it does not record.
    recorded = change.resource_type in rule.recorded_types
    tags = cache(partial(tags_of, environment.aggregator, *place)) if recorded else dict[str, str]
    found = waiver.covering(waiver.known(), rule.name, resource, clock.now().date(), tags)
    return found.id if found else ""


def record(finding: Finding, rule: Rule, environment: ProcessEnvironment, event_id: str) -> None:
    """Writes down that a waiver has begun to hold on a finding, or no longer does."""
    known = {each.id: each for each in waiver.known()}.get(finding.waiver)
    said = {"reason": known.reason, "ticket": known.ticket, "end": known.end} if known else {}
    people = {"owner": known.owner, "approver": known.approver} if known else {}
    waived = finding.status == Status.WAIVED
    Trail(environment.audit_queue).append(
        Entry(
            kind=Kind.WAIVER_APPLIED if waived else Kind.WAIVER_ENDED,
            once=finding.alert_id,
            who={"role": environment.role} | people,
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
            | said,
            after={"status": finding.status},
            ids={"event_id": event_id, "waiver": finding.waiver},
        )
    )
