"""`score`: writes the compliance score of each day from its reports."""

from datetime import timedelta

from constructs import Construct

from handlers.common.model.cadence import GRACE, SCORE_AGAIN
from handlers.common.stores.report_bucket import AUDIT, REPORTS, SCORES
from handlers.score.environment import AGAIN, ScoreEnvironment
from modules.functions.context import SystemContext
from modules.resources.cloudwatch import WatchedMetric
from modules.resources.eventbridge import EventRule, daily
from modules.resources.lambda_archive import ours
from modules.resources.lambda_function import Function


def score(scope: Construct, context: SystemContext) -> Function:
    """Returns the function, invoked once a day, and again two hours later if the day has no complete score."""
    reports = context.reports
    function = Function(
        scope,
        "score",
        context=context,
        code=ours("score"),
        environment=ScoreEnvironment(
            **context.identity, report_bucket=reports.name, journal_table=context.journal.name
        ),
        timeout_seconds=900,
        memory_mb=256,
    )
    reports.grant_list(function, "FindReports", AUDIT, REPORTS, SCORES)
    reports.grant_read(function, "ReadReports", AUDIT, REPORTS, SCORES)
    context.journal.grant_read_head(function)
    reports.grant_write(function, "WriteScores", SCORES)
    first = context.settings.schedule.daily_score
    for id, schedule in (("score-on-schedule", daily(first)), (AGAIN, daily(first, SCORE_AGAIN))):
        EventRule(scope, id, context=context, function=function, schedule=schedule)
    alarms = context.alarms
    alarms.when_missing(
        function,
        "silent",
        "score-missing",
        "No score was written for 25 hours: the trend has a gap.",
        WatchedMetric.own(context.deployment, "ScoreIncomplete", "SampleCount"),
        timedelta(days=1) + GRACE,
    )
    alarms.while_above_zero(
        function,
        "incomplete",
        "score-incomplete",
        "The last score is based on incomplete data; its field completeness has the reasons.",
        WatchedMetric.own(context.deployment, "ScoreIncomplete"),
    )
    return function
