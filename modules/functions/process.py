"""`process`: sends one alert for each compliance change."""

from constructs import Construct

from handlers.common.model.events import COMPLIANCE_TYPES
from handlers.common.runtime.console import listings_link
from handlers.common.stores import evaluations
from handlers.common.stores.mail_queue import ROUTINE, URGENT
from handlers.common.stores.report_bucket import REPORTS
from handlers.process.app import TIMEOUT_SECONDS
from handlers.process.environment import ProcessEnvironment
from modules.aws_config import compliance_events as changes
from modules.functions.context import SystemContext
from modules.resources.eventbridge import EventRule
from modules.resources.lambda_function import Function


def process(scope: Construct, context: SystemContext) -> Function:
    """Returns the function, invoked for every compliance change of the deployment's rules."""
    settings, deployment = context.settings, context.deployment
    by_tags = context.any_by_tags()
    function = Function(
        scope,
        "process",
        context=context,
        code=context.code("process"),
        environment=ProcessEnvironment(
            **context.identity,
            **context.accounts,
            role=context.role_arn("process"),
            aggregator=context.aggregator.name if by_tags else "",
            findings_table=context.findings.name,
            journal_table=context.journal.name,
            reports_link=listings_link(deployment.partition, settings.home_region, context.reports.name, REPORTS),
            audit_queue=context.audit.url,
            mail_queues=context.mails.urls(),
            grace_seconds=settings.alerts.grace_seconds,
            remediation_modes=settings.remediation_modes(),
            remediation_scopes=settings.remediation_scopes(),
        ),
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=256,
    )
    context.findings.grant_record(function)
    context.mails.grant_send(function, URGENT, ROUTINE)
    # Also without waivers: the findings table may still refer to the last one, removed since.
    context.audit.grant_append(function)
    context.journal.grant_note(function, f"{evaluations.PREFIX}*")
    if by_tags:
        context.aggregator.grant_items(function)
    pattern = changes.missed(context.deployment)
    EventRule(scope, "process-on-missed", context=context, function=function, pattern=pattern, bus=context.bus)
    pattern = changes.evaluation_pattern(context.deployment)
    EventRule(scope, "process-on-evaluation", context=context, function=function, pattern=pattern)
    for suffix, batch in changes.batches(list(context.catalogue), context.aggregator.organization):
        pattern = changes.pattern_for(
            context.deployment, batch, COMPLIANCE_TYPES, members=context.aggregator.organization
        )
        EventRule(scope, f"process-on-change{suffix}", context=context, function=function, pattern=pattern)
    return function
