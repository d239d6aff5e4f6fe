"""`remind`: reminds owners of their waivers; deployed where there are any."""

from constructs import Construct

from handlers.common.stores.mail_queue import ROUTINE
from handlers.common.stores.report_bucket import REPORTS
from handlers.remind.app import MARKS
from handlers.remind.environment import RemindEnvironment
from modules.functions.context import Parts
from modules.resources.eventbridge import Trigger
from modules.resources.lambda_archive import ours
from modules.resources.lambda_function import Function
from modules.resources.schedule import daily


def remind(scope: Construct, parts: Parts) -> Function:
    """The function, once a day."""
    settings = parts.settings
    function = Function(
        scope,
        "remind",
        surroundings=parts.around,
        code=ours("remind", generated=parts.waivers()),
        environment=RemindEnvironment(
            **parts.identity,
            account=settings.account_id,
            role=parts.role_arn("remind"),
            report_bucket=parts.reports.name,
            mail_queue=parts.mails.routine_url,
            audit_queue=parts.audit.url,
            journal_table=parts.journal.name,
        ),
        timeout_seconds=60,
        memory_mb=256,
    )
    parts.mails.grant_send(function, ROUTINE)
    parts.audit.grant_append(function)
    parts.journal.grant_keep(function, f"{MARKS}*")
    parts.reports.grant_list(function, "FindReports", REPORTS)
    parts.reports.grant_read(function, "ReadReports", REPORTS)
    schedule = daily(settings.schedule.daily_score)
    Trigger(scope, "remind-on-schedule", surroundings=parts.around, function=function, schedule=schedule)
    return function
