"""`evaluate`: has AWS Config judge everything again, every six hours."""

from constructs import Construct

from handlers.common.model.cadence import SILENT_AFTER
from handlers.evaluate.environment import TIMEOUT_SECONDS, EvaluateEnvironment
from modules.functions.context import Parts
from modules.resources.cloudwatch import Watched
from modules.resources.eventbridge import Trigger
from modules.resources.lambda_function import Function
from modules.resources.schedule import six_hourly


def evaluate(scope: Construct, parts: Parts) -> Function:
    """The function, on its schedule; silence raises an alarm."""
    settings = parts.settings
    function = Function(
        scope,
        "evaluate",
        surroundings=parts.around,
        code=parts.code("evaluate"),
        environment=EvaluateEnvironment(
            **parts.identity, home_region=settings.home_region, regions=settings.monitored_regions
        ),
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=256,
    )
    parts.regions.grant_evaluate(function)
    schedule = six_hourly(settings.schedule.first_evaluation)
    Trigger(scope, "evaluate-on-schedule", surroundings=parts.around, function=function, schedule=schedule)
    parts.around.alarms.when_silent(
        function,
        "silent",
        "evaluation-missing",
        "No evaluation was started for seven hours, one more than there may be between two.",
        Watched.own(parts.deployment, "EvaluationsStarted", "Sum"),
        SILENT_AFTER,
    )
    return function
