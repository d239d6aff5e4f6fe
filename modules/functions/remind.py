"""`remind`: reminds owners of their waivers; deployed if the environment has waivers."""

from constructs import Construct

from handlers.common.stores.mail_queue import ROUTINE
from handlers.common.stores.report_bucket import REPORTS
from handlers.remind.app import MARKS
from handlers.remind.environment import RemindEnvironment
from modules.functions.context import SystemContext
from modules.resources.eventbridge import EventRule, daily
from modules.resources.lambda_archive import ours
from modules.resources.lambda_function import Function


def remind(scope: Construct, context: SystemContext) -> Function:
    """Returns the function, invoked once a day."""
    settings = context.settings
    function = Function(
        scope,
        "remind",
        context=context,
        code=ours("remind", generated=context.waivers()),
        environment=RemindEnvironment(
            **context.identity,
            account=settings.account_id,
            role=context.role_arn("remind"),
            report_bucket=context.reports.name,
            mail_queue=context.mails.routine_url,
            audit_queue=context.audit.url,
            journal_table=context.journal.name,
        ),
        timeout_seconds=60,
        memory_mb=256,
    )
    context.mails.grant_send(function, ROUTINE)
    context.audit.grant_append(function)
    context.journal.grant_keep(function, f"{MARKS}*")
    context.reports.grant_list(function, "FindReports", REPORTS)
    context.reports.grant_read(function, "ReadReports", REPORTS)
    schedule = daily(settings.schedule.daily_score)
    EventRule(scope, "remind-on-schedule", context=context, function=function, schedule=schedule)
    return function
