"""`notify`: publishes the mails of the queues, and counts the confirmed subscriptions of the topics."""

from constructs import Construct

from handlers.common.runtime.naming import OPERATE, OPERATIONS_TOPIC
from handlers.notify.app import COUNTED, SENT, TIMEOUT_SECONDS
from handlers.notify.environment import NotifyEnvironment
from modules.functions.context import SystemContext
from modules.resources.cloudwatch import WatchedMetric
from modules.resources.eventbridge import EventRule, six_hourly
from modules.resources.lambda_archive import ours
from modules.resources.lambda_function import Function
from modules.resources.sns import ENCRYPTED, PUBLISHING

# After the remediations.
AFTER_MINUTES = 60


def notify(scope: Construct, context: SystemContext) -> Function:
    """Returns the function, invoked for each batch of mails, and every six hours to check the topics."""
    settings, topics = context.settings, context.topics
    function = Function(
        scope,
        "notify",
        context=context,
        code=ours("notify"),
        environment=NotifyEnvironment(
            **context.identity,
            topics={name: topic.arn for name, topic in topics.items()},
            findings_table=context.findings.name,
            journal_table=context.journal.name,
        ),
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=256,
    )
    # Without a writing remediation, only CloudWatch publishes to the operations topic.
    excluded: set[str] = (
        set() if any(chosen.mode.writes for chosen in settings.remediation.values()) else {OPERATIONS_TOPIC}
    )
    published = [topic.arn for name, topic in topics.items() if name not in excluded]
    function.grant("PublishMails", ["sns:Publish"], published, why="publishes mails")
    function.grant_key(context.key, "PublishMailsKey", PUBLISHING, via="sns", why=ENCRYPTED)
    why = "checks for a confirmed subscription before publishing"
    arns = [topic.arn for topic in topics.values()]
    function.grant("ReadSubscriptions", ["sns:ListSubscriptionsByTopic"], arns, why=why)
    context.findings.grant_look_up(function)
    context.journal.grant_marks(function, f"{SENT}*", f"{COUNTED}*")
    context.mails.feed(function)
    schedule = six_hourly(settings.schedule.first_evaluation, AFTER_MINUTES)
    EventRule(scope, "notify-on-schedule", context=context, function=function, schedule=schedule)
    _alarms(function, context)
    return function


def _alarms(function: Function, context: SystemContext) -> None:
    deployment, alarms = context.deployment, context.alarms
    alarms.when_above_zero(
        function,
        "waiting",
        "mails-waiting",
        "Mails could not be sent and are retried: no subscription is confirmed, or SNS rejects the call.",
        WatchedMetric.own(deployment, "MailsWaiting"),
    )
    alarms.while_above_zero(
        function,
        "unread",
        "topics-unread",
        f"A topic has no confirmed subscription, so its mails are not sent; {OPERATE} doctor names it.",
        WatchedMetric.own(deployment, "UnreadTopics"),
    )
    alarms.while_above_zero(
        function,
        "pending",
        "subscriptions-pending",
        f"Subscriptions are not confirmed, or suspended by SNS; {OPERATE} doctor names the recipients.",
        WatchedMetric.own(deployment, "PendingSubscriptions"),
    )
    for kind, queue in context.mails.queues.items():
        alarms.when_old(
            function,
            f"{kind}-old",
            f"mails-{kind}-old",
            f"Mails have been in {queue.name} for more than 30 minutes: they are not being processed.",
            queue.name,
            minutes=30,
        )
