"""`audit`: the only writer of the audit trail."""

from constructs import Construct

from handlers.audit.app import TIMEOUT_SECONDS
from handlers.audit.environment import AuditEnvironment
from handlers.common.stores.report_bucket import AUDIT
from modules.functions.context import SystemContext
from modules.resources.cloudwatch import WatchedMetric
from modules.resources.lambda_archive import ours
from modules.resources.lambda_function import Function


def audit(scope: Construct, context: SystemContext) -> Function:
    """Returns the function, invoked for each batch of entries."""
    function = Function(
        scope,
        "audit",
        context=context,
        code=ours("audit"),
        environment=AuditEnvironment(
            **context.identity, report_bucket=context.reports.name, journal_table=context.journal.name
        ),
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=256,
        is_polled=True,
    )
    context.reports.grant_write(function, "WriteTrail", AUDIT)
    context.reports.grant_read(function, "ReadTrail", AUDIT)
    context.reports.grant_list(function, "FindRecords", AUDIT)
    context.journal.grant_head(function)
    context.audit.feed(function)
    queue, dead_letters, alarms = context.audit.queue.name, context.audit.dead_letter_queue.name, context.alarms
    alarms.when_old(
        function,
        "old",
        "audit-old",
        f"An entry of the audit trail has been in {queue} for more than 30 minutes.",
        queue,
        minutes=30,
    )
    alarms.when_above_zero(
        function,
        "waiting",
        "audit-failures-waiting",
        f"Entries of the audit trail are in {dead_letters}: they could not be written for days.",
        WatchedMetric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": dead_letters}),
    )
    return function
