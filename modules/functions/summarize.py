"""`summarize`: the executive summary of each score."""

from constructs import Construct

from handlers.common.model.cadence import SUMMARY_AGAIN
from handlers.common.stores.mail_queue import ROUTINE
from handlers.common.stores.report_bucket import SCORES, SUMMARIES
from handlers.summarize.environment import SummarizeEnvironment
from modules.functions.context import Parts
from modules.resources.eventbridge import Trigger
from modules.resources.lambda_function import Function
from modules.resources.schedule import daily


def summarize(scope: Construct, parts: Parts) -> Function:
    """The function, on every score that is written, and once a day if no summary was sent."""
    settings, reports = parts.settings, parts.reports
    function = Function(
        scope,
        "summarize",
        surroundings=parts.around,
        code=parts.code("summarize", "cost"),
        environment=SummarizeEnvironment(
            **parts.identity,
            report_bucket=reports.name,
            mail_queue=parts.mails.routine_url,
            language=settings.summary.language,
        ),
        timeout_seconds=60,
        memory_mb=256,
    )
    reports.grant_read(function, "ReadScores", SCORES)
    reports.grant_list(function, "FindSummaries", SCORES, SUMMARIES)
    reports.grant_write(function, "WriteSummaries", SUMMARIES)
    parts.mails.grant_send(function, ROUTINE)
    Trigger(
        scope,
        "summarize-on-score",
        surroundings=parts.around,
        function=function,
        pattern=reports.created(settings.account_id, {"prefix": SCORES}),
    )
    schedule = daily(settings.schedule.daily_score, SUMMARY_AGAIN)
    Trigger(scope, "summarize-on-schedule", surroundings=parts.around, function=function, schedule=schedule)
    return function
