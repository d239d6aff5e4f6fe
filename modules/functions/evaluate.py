"""`evaluate`: starts an evaluation of every change-triggered rule, every six hours."""

from constructs import Construct

from handlers.common.model.cadence import SILENT_AFTER
from handlers.evaluate.environment import TIMEOUT_SECONDS, EvaluateEnvironment
from modules.functions.context import SystemContext
from modules.resources.cloudwatch import WatchedMetric
from modules.resources.eventbridge import EventRule, six_hourly
from modules.resources.lambda_function import Function


def evaluate(scope: Construct, context: SystemContext) -> Function:
    """Returns the function, with its schedule and an alarm for missing evaluations."""
    settings = context.settings
    function = Function(
        scope,
        "evaluate",
        context=context,
        code=context.code("evaluate"),
        environment=EvaluateEnvironment(
            **context.identity, home_region=settings.home_region, regions=settings.monitored_regions
        ),
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=256,
    )
    context.regions.grant_evaluate(function)
    schedule = six_hourly(settings.schedule.first_evaluation)
    EventRule(scope, "evaluate-on-schedule", context=context, function=function, schedule=schedule)
    context.alarms.when_missing(
        function,
        "silent",
        "evaluation-missing",
        "No evaluation was started for seven hours; the interval is six hours.",
        WatchedMetric.own(context.deployment, "EvaluationsStarted", "Sum"),
        SILENT_AFTER,
    )
    return function
