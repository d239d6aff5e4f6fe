"""`audit`: the one writer of the audit trail."""

from constructs import Construct

from handlers.audit.app import TIMEOUT_SECONDS
from handlers.audit.environment import AuditEnvironment
from handlers.common.stores.report_bucket import AUDIT
from modules.functions.context import Parts
from modules.resources.cloudwatch import Watched
from modules.resources.lambda_archive import ours
from modules.resources.lambda_function import Function


def audit(scope: Construct, parts: Parts) -> Function:
    """The function, for each batch of entries."""
    function = Function(
        scope,
        "audit",
        surroundings=parts.around,
        code=ours("audit"),
        environment=AuditEnvironment(
            **parts.identity, report_bucket=parts.reports.name, journal_table=parts.journal.name
        ),
        timeout_seconds=TIMEOUT_SECONDS,
        memory_mb=256,
        is_polled=True,
    )
    parts.reports.grant_write(function, "WriteTrail", AUDIT)
    parts.reports.grant_read(function, "ReadTrail", AUDIT)
    parts.reports.grant_list(function, "FindRecords", AUDIT)
    parts.journal.grant_head(function)
    parts.audit.feed(function)
    alarms = parts.around.alarms
    alarms.when_old(
        function,
        "old",
        "audit-old",
        f"An entry of the audit trail has been waiting in {parts.audit.queue.name} for half an hour.",
        parts.audit.queue.name,
        minutes=30,
    )
    alarms.when_above_zero(
        function,
        "waiting",
        "audit-failures-waiting",
        f"Entries of the audit trail wait in {parts.audit.failures.name}: they could not be written for days.",
        Watched("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": parts.audit.failures.name}),
    )
    return function
