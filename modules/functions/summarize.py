"""`summarize`: sends the executive summary of each score."""

from constructs import Construct

from handlers.common.model.cadence import SUMMARY_AGAIN
from handlers.common.stores.mail_queue import ROUTINE
from handlers.common.stores.report_bucket import SCORES, SUMMARIES
from handlers.summarize.environment import SummarizeEnvironment
from handlers.summarize.texts.languages import LANGUAGES
from modules.functions.context import SystemContext
from modules.resources.eventbridge import EventRule, daily
from modules.resources.lambda_function import Function


def summarize(scope: Construct, context: SystemContext) -> Function:
    """Returns the function, invoked for every new score, and once a day to send a missing summary."""
    settings, reports = context.settings, context.reports
    function = Function(
        scope,
        "summarize",
        context=context,
        code=context.code("summarize", "cost", *(f"summarize/texts/{language}.toml" for language in LANGUAGES)),
        environment=SummarizeEnvironment(
            **context.identity,
            report_bucket=reports.name,
            mail_queue=context.mails.routine_url,
            language=settings.summary.language,
        ),
        timeout_seconds=60,
        memory_mb=256,
    )
    reports.grant_read(function, "ReadScores", SCORES)
    reports.grant_list(function, "FindSummaries", SCORES, SUMMARIES)
    reports.grant_write(function, "WriteSummaries", SUMMARIES)
    context.mails.grant_send(function, ROUTINE)
    EventRule(
        scope,
        "summarize-on-score",
        context=context,
        function=function,
        pattern=reports.created(settings.account_id, {"prefix": SCORES}),
    )
    schedule = daily(settings.schedule.daily_score, SUMMARY_AGAIN)
    EventRule(scope, "summarize-on-schedule", context=context, function=function, schedule=schedule)
    return function
