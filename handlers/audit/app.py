"""Reads entries from the queue in order, and writes each as a record of the audit trail."""

import logging
from typing import Any

from handlers.audit.environment import AuditEnvironment
from handlers.audit.writer import Writer
from handlers.common.model.events import MalformedEventError
from handlers.common.runtime import clients
from handlers.common.stores.audit_chain import Chain
from handlers.common.stores.audit_trail import Entry, Kind
from handlers.common.stores.journal import Journal

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 120
SPARE_MILLISECONDS = 60_000
"""Minimum remaining time of an invocation to write a record: one call may take 50 seconds."""

LONGEST_TEXT = 2_000
"""Characters that are stored of a message that is not an entry."""


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Handles a batch of messages of the FIFO queue; returns as failures all messages from the first failure on."""
    environment = AuditEnvironment.from_env()
    writer = Writer(Chain(environment.report_bucket, Journal(clients.dynamodb(), environment.journal_table)))
    messages = [(each["messageId"], _entry(each), str(each["attributes"]["SenderId"])) for each in event["Records"]]
    written = 0
    try:
        writer.begin([entry for _, entry, _ in messages])
        for _, entry, sender in messages:
            if context.get_remaining_time_in_millis() < SPARE_MILLISECONDS:
                break
            writer.write(entry, sender)
            written += 1
    except Exception:
        log.exception("records left", extra={"written": written, "left": len(messages) - written})
    # If this fails, the retry or the next writer finds the records in the bucket.
    writer.end()
    log.info("records written", extra={"written": written, "left": len(messages) - written})
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id, _, _ in messages[written:]]}


def _entry(message: Any) -> Entry:
    """Returns the entry of a message. A malformed message is recorded, because in the queue it would block others."""
    try:
        return Entry.of(message["body"])
    except MalformedEventError as error:
        log.exception("malformed entry", extra={"message_id": message["messageId"]})
        return Entry(
            kind=Kind.UNREADABLE,
            once=f"{Kind.UNREADABLE}/{message['messageId']}",
            who={},
            what={"text": message["body"][:LONGEST_TEXT]},
            why={"error": str(error)[:LONGEST_TEXT]},
        )
