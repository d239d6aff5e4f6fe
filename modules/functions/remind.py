"""`remind`: tells owners that their waivers end; deployed where there are any."""

from constructs import Construct

from handlers.common.waiver import OWNER_ATTRIBUTE
from handlers.remind.app import MARKS
from handlers.remind.environment import RemindEnvironment
from modules.bundle import ours
from modules.function import Function
from modules.names import WAIVER_OWNERS_TOPIC
from modules.parts import Parts
from modules.schedule import daily
from modules.topic import Topic
from modules.trigger import Trigger


def remind(scope: Construct, parts: Parts) -> Function:
    """The function and the topic of the owners, once a day."""
    settings = parts.settings
    owners = sorted({each.owner.lower() for each in settings.granted})
    topic = Topic(
        scope,
        "waiver-owners",
        deployment=parts.deployment,
        key=parts.around.key,
        resource_type=WAIVER_OWNERS_TOPIC,
        addresses=owners,
        addressed_by=OWNER_ATTRIBUTE,
    )
    function = Function(
        scope,
        "remind",
        surroundings=parts.around,
        code=ours("remind", generated=parts.waivers()),
        environment=RemindEnvironment(
            **parts.identity,
            account=settings.account_id,
            role=parts.role_arn("remind"),
            owners_topic=topic.arn,
            report_bucket=parts.reports.name,
            journal_table=parts.journal.name,
        ),
        timeout_seconds=60,
        memory_mb=256,
    )
    topic.grant_publish(function, "RemindOwners")
    parts.journal.grant_append(function, parts.reports, f"{MARKS}*")
    schedule = daily(settings.schedule.daily_score)
    Trigger(scope, "remind-on-schedule", surroundings=parts.around, function=function, schedule=schedule)
    return function
