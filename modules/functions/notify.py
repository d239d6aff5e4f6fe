"""`notify`: sends the mails that wait in the queues, and watches over the topics' readers."""

from constructs import Construct

from handlers.common.model.topics import OPERATIONS_TOPIC
from handlers.notify.app import COUNTED, SENT, TIMEOUT_SECONDS
from handlers.notify.environment import NotifyEnvironment
from modules.functions.context import SystemContext
from modules.resources.cloudwatch import WatchedMetric
from modules.resources.eventbridge import EventRule
from modules.resources.lambda_archive import ours
from modules.resources.lambda_function import Function
from modules.resources.schedule import six_hourly
from modules.resources.sns import ENCRYPTED, PUBLISHING

# After the remediations.
AFTER_MINUTES = 60


def notify(scope: Construct, context: SystemContext) -> Function:
    """Returns the function, for each batch of mails, and every six hours for the topics."""
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
    # Where no remediation may write, nobody but CloudWatch has anything to say to operations.
    silent: set[str] = (
        set() if any(chosen.mode.writes for chosen in settings.remediation.values()) else {OPERATIONS_TOPIC}
    )
    mailed = [topic.arn for name, topic in topics.items() if name not in silent]
    function.grant("PublishMails", ["sns:Publish"], mailed, why="sends mails to people")
    function.grant_key(context.key, "PublishMailsKey", PUBLISHING, via="sns", why=ENCRYPTED)
    why = "sends nothing to a topic that nobody reads yet"
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
        "Mails could not be sent and are tried again: no subscription is confirmed, or SNS refuses.",
        WatchedMetric.own(deployment, "MailsWaiting"),
    )
    alarms.while_above_zero(
        function,
        "unread",
        "topics-unread",
        "A topic has no confirmed reader, so its mails wait; python -m operate doctor names it.",
        WatchedMetric.own(deployment, "UnreadTopics"),
    )
    alarms.while_above_zero(
        function,
        "pending",
        "subscriptions-pending",
        "Readers have not confirmed their subscription, or SNS has suspended it; python -m operate doctor names them.",
        WatchedMetric.own(deployment, "PendingSubscriptions"),
    )
    for kind, queue in context.mails.queues.items():
        alarms.when_old(
            function,
            f"{kind}-old",
            f"mails-{kind}-old",
            f"Mails have been waiting in {queue.name} for half an hour: nothing takes them out.",
            queue.name,
            minutes=30,
        )
