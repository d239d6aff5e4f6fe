"""`process`: alerts people once of each change of compliance."""

from constructs import Construct

from handlers.common.model.events import COMPLIANCE_TYPES
from handlers.common.runtime.console import listings_link
from handlers.common.stores import evaluations
from handlers.common.stores.mail_queue import ROUTINE, URGENT
from handlers.common.stores.report_bucket import REPORTS
from handlers.process.app import TIMEOUT_SECONDS
from handlers.process.environment import ProcessEnvironment
from modules.aws_config import compliance_events as changes
from modules.functions.context import Parts
from modules.resources.eventbridge import Trigger
from modules.resources.lambda_function import Function


def process(scope: Construct, parts: Parts) -> Function:
    """The function, on every change of our rules' results."""
    settings, deployment = parts.settings, parts.deployment
    by_tags = parts.any_by_tags()
    function = Function(
        scope,
        "process",
        surroundings=parts.around,
        code=parts.code("process"),
        environment=ProcessEnvironment(
            **parts.identity,
            **parts.accounts,
            role=parts.role_arn("process"),
            aggregator=parts.aggregator.name if by_tags else "",
            findings_table=parts.findings.name,
            journal_table=parts.journal.name,
            reports_link=listings_link(deployment.partition, settings.home_region, parts.reports.name, REPORTS),
            audit_queue=parts.audit.url,
            mail_queues=parts.mails.urls(),
            grace_seconds=settings.alerts.grace_seconds,
            remediation_modes=settings.remediation_modes(),
            remediation_scopes=settings.remediation_scopes(),
        ),
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=256,
    )
    parts.findings.grant_record(function)
    parts.mails.grant_send(function, URGENT, ROUTINE)
    # Also without a waiver: a finding may still be waived by the last one, which was removed.
    parts.audit.grant_append(function)
    parts.journal.grant_note(function, f"{evaluations.PREFIX}*")
    if by_tags:
        parts.aggregator.grant_items(function)
    pattern = changes.missed(parts.deployment)
    Trigger(scope, "process-on-missed", surroundings=parts.around, function=function, pattern=pattern, bus=parts.bus)
    pattern = changes.evaluations_of(parts.deployment)
    Trigger(scope, "process-on-evaluation", surroundings=parts.around, function=function, pattern=pattern)
    for suffix, some in changes.batches(list(parts.catalogue), parts.aggregator.organization):
        pattern = changes.pattern_for(parts.deployment, some, COMPLIANCE_TYPES, members=parts.aggregator.organization)
        Trigger(scope, f"process-on-change{suffix}", surroundings=parts.around, function=function, pattern=pattern)
    return function
