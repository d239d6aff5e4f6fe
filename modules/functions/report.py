"""`report`: the full picture after each evaluation."""

from constructs import Construct

from handlers.common.model import events
from handlers.common.model.cadence import SILENT_AFTER
from handlers.common.model.remediation import Mode
from handlers.common.stores.report_bucket import REPORTS, WORKING
from handlers.report.environment import ReportEnvironment
from modules.functions.context import Parts
from modules.resources.cloudwatch import Watched
from modules.resources.eventbridge import Trigger
from modules.resources.lambda_function import Function
from modules.resources.schedule import six_hourly

# Config needs some minutes to judge everything and to bring the results to the aggregator.
AFTER_MINUTES = 30


def report(scope: Construct, parts: Parts) -> Function:
    """The function, half an hour after each evaluation, and again where a report takes several invocations."""
    settings = parts.settings
    function = Function(
        scope,
        "report",
        surroundings=parts.around,
        code=parts.code("report"),
        environment=ReportEnvironment(
            **parts.identity,
            **parts.accounts,
            home_region=settings.home_region,
            regions=settings.monitored_regions,
            aggregator=parts.aggregator.name,
            findings_table=parts.findings.name,
            report_bucket=parts.reports.name,
            journal_table=parts.journal.name,
            event_bus=parts.bus.name,
            settings_digest=settings.digest,
            deadline_days=settings.deadlines(),
            remediation_modes=settings.remediation_modes(),
            remediation_scopes=settings.remediation_scopes(),
        ),
        timeout_seconds=900,
        memory_mb=512,
        # The workspace of a million results, the listing, and room to sort: see docs/performance.md.
        disk_mb=1024,
    )
    parts.aggregator.grant_read(function)
    if parts.any_by_tags():
        parts.aggregator.grant_select(function)
    parts.regions.grant_read_results(function)
    parts.findings.grant_read(function)
    parts.journal.grant_read_evaluations(function)
    if remediated := [name for name, mode in settings.remediation_modes().items() if mode != Mode.OFF]:
        parts.journal.grant_read_open_cases(function, remediated)
    parts.reports.grant_write(function, "WriteReports", REPORTS, WORKING)
    parts.reports.grant_read(function, "ReadWorkspace", WORKING)
    parts.bus.grant_put(function)
    schedule = six_hourly(settings.schedule.first_evaluation, AFTER_MINUTES)
    Trigger(scope, "report-on-schedule", surroundings=parts.around, function=function, schedule=schedule)
    continuation = {
        "source": [events.OWN_SOURCE],
        "detail-type": [events.REPORT_CONTINUATION],
        "account": [settings.account_id],
    }
    Trigger(
        scope,
        "report-on-continuation",
        surroundings=parts.around,
        function=function,
        pattern=continuation,
        bus=parts.bus,
    )
    _alarms(function, parts)
    return function


def _alarms(function: Function, parts: Parts) -> None:
    deployment, alarms = parts.deployment, parts.around.alarms
    alarms.when_silent(
        function,
        "silent",
        "report-missing",
        "No report was written for seven hours, one more than there may be between two.",
        Watched.own(deployment, "ReportsWritten", "Sum"),
        SILENT_AFTER,
    )
    alarms.while_above_zero(
        function,
        "incomplete",
        "report-incomplete",
        "The last report is not the whole truth: its problems say which reads failed or which sums do not match.",
        Watched.own(deployment, "ReportIncomplete"),
    )
    alarms.while_above_zero(
        function,
        "rules-silent",
        "rule-silent",
        "AWS Config has not judged anything under some rule for seven hours; the last report says under which.",
        Watched.own(deployment, "SilentRules"),
    )
