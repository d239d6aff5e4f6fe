"""`report`: writes the compliance report after each evaluation."""

from constructs import Construct

from handlers.common.model import events
from handlers.common.model.cadence import SILENT_AFTER
from handlers.common.model.remediation import Mode
from handlers.common.stores.report_bucket import REPORTS, WORKING
from handlers.report.environment import ReportEnvironment
from modules.functions.context import SystemContext
from modules.resources.cloudwatch import WatchedMetric
from modules.resources.eventbridge import EventRule, six_hourly
from modules.resources.lambda_function import Function

# AWS Config needs several minutes to evaluate all resources and to aggregate the results.
AFTER_MINUTES = 30


def report(scope: Construct, context: SystemContext) -> Function:
    """Returns the function, invoked 30 minutes after each evaluation, and again to continue a long report."""
    settings = context.settings
    function = Function(
        scope,
        "report",
        context=context,
        code=context.code("report"),
        environment=ReportEnvironment(
            **context.identity,
            **context.accounts,
            home_region=settings.home_region,
            regions=settings.monitored_regions,
            aggregator=context.aggregator.name,
            findings_table=context.findings.name,
            report_bucket=context.reports.name,
            journal_table=context.journal.name,
            event_bus=context.bus.name,
            settings_digest=settings.digest,
            deadline_days=settings.deadlines(),
            remediation_modes=settings.remediation_modes(),
            remediation_scopes=settings.remediation_scopes(),
        ),
        timeout_seconds=900,
        memory_mb=512,
        # For the workspace and listing of a million results, and for sorting them: see docs/performance.md.
        disk_mb=1024,
    )
    context.aggregator.grant_read(function)
    if context.any_by_tags():
        context.aggregator.grant_select(function)
    context.regions.grant_read_results(function)
    context.findings.grant_read(function)
    context.journal.grant_read_evaluations(function)
    if remediated := [name for name, mode in settings.remediation_modes().items() if mode != Mode.OFF]:
        context.journal.grant_read_open_cases(function, remediated)
    context.reports.grant_write(function, "WriteReports", REPORTS, WORKING)
    context.reports.grant_read(function, "ReadWorkspace", WORKING)
    context.bus.grant_put(function)
    schedule = six_hourly(settings.schedule.first_evaluation, AFTER_MINUTES)
    EventRule(scope, "report-on-schedule", context=context, function=function, schedule=schedule)
    continuation = {
        "source": [events.OWN_SOURCE],
        "detail-type": [events.REPORT_CONTINUATION],
        "account": [settings.account_id],
    }
    EventRule(
        scope,
        "report-on-continuation",
        context=context,
        function=function,
        pattern=continuation,
        bus=context.bus,
    )
    _alarms(function, context)
    return function


def _alarms(function: Function, context: SystemContext) -> None:
    deployment, alarms = context.deployment, context.alarms
    alarms.when_missing(
        function,
        "silent",
        "report-missing",
        "No report was written for seven hours; the interval is six hours.",
        WatchedMetric.own(deployment, "ReportsWritten", "Sum"),
        SILENT_AFTER,
    )
    alarms.while_above_zero(
        function,
        "incomplete",
        "report-incomplete",
        "The last report is incomplete: its problems list failed reads and sums that do not match.",
        WatchedMetric.own(deployment, "ReportIncomplete"),
    )
    alarms.while_above_zero(
        function,
        "rules-silent",
        "rule-silent",
        "AWS Config has not evaluated the resources of a rule for seven hours; the last report names the rule.",
        WatchedMetric.own(deployment, "SilentRules"),
    )
