"""`evaluate`: has AWS Config judge everything again, every six hours."""

from constructs import Construct

from handlers.common.model.cadence import SILENT_AFTER
from handlers.evaluate.environment import TIMEOUT_SECONDS, EvaluateEnvironment
from modules.alarm import Watched
from modules.function import Function
from modules.parts import Parts
from modules.schedule import six_hourly
from modules.trigger import Trigger


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
