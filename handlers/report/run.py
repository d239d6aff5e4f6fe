"""One run of the report, in as many invocations as its reads require.

An invocation reads pages until its time is nearly over. Then it writes the workspace to the bucket and sends an event,
with which the next invocation continues. Lambda retries a failed invocation with the same event. The retry reads the
pages after the last workspace again, and writes the same keys.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.model import events
from handlers.common.model.events import MalformedEventError, time_of
from handlers.common.model.results import MalformedResultError
from handlers.common.runtime import clients, clock
from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores.report_bucket import working_key
from handlers.report.followups import put_events
from handlers.report.reader import Reader
from handlers.report.workspace import Workspace, is_of_this_version

log = logging.getLogger(__name__)

# Time to write the report, or the workspace for the next invocation.
RESERVE_MILLISECONDS = 240_000

CHUNK = 1 << 20


class NoProgressError(ComplianceMonitorError, RuntimeError):
    """An invocation has no time to read a single page, so continuations would never end."""


@dataclass(frozen=True)
class Run:
    """The scheduled time of a report, and the number of preceding invocations."""

    scheduled_at: datetime
    part: int

    @classmethod
    def from_event(cls, event: Any) -> Self:
        """Returns the run of a schedule's or a continuation's event; raises MalformedEventError."""
        if not isinstance(event, dict) or event.get("detail-type") != events.REPORT_CONTINUATION:
            return cls(time_of(event, "time"), 0)
        detail = event.get("detail")
        part = detail.get("part") if isinstance(detail, dict) else None
        if type(part) is not int or part < 1:
            raise MalformedEventError(f"detail.part is {part!r}: an integer of at least 1 is required")
        return cls(time_of(event, "detail", "scheduled_at"), part)

    def fetch(self, bucket: str, file: Path) -> bool:
        """Downloads the workspace of this part; returns False, without a file, if another version wrote it."""
        body = clients.s3().get_object(Bucket=bucket, Key=working_key(self.scheduled_at, self.part))["Body"]
        with file.open("wb") as local:
            for chunk in body.iter_chunks(CHUNK):
                local.write(chunk)
        if is_of_this_version(file):
            return True
        log.warning("workspace of another version: report restarted", extra={"part": self.part})
        file.unlink()
        return False

    def hand_on(self, bucket: str, bus: str, file: Path) -> None:
        """Uploads the workspace for the next part, and sends the event that starts it."""
        part = self.part + 1
        with file.open("rb") as local:
            clients.s3().put_object(Bucket=bucket, Key=working_key(self.scheduled_at, part), Body=local)
        detail = json.dumps({"scheduled_at": clock.stamp(self.scheduled_at), "part": part})
        entry = {"Source": events.OWN_SOURCE, "DetailType": events.REPORT_CONTINUATION, "Detail": detail}
        put_events(clients.events(), bus, [entry])


def read_all(workspace: Workspace, reader: Reader, remaining: Callable[[], int]) -> bool:
    """Makes all reads; returns False if time is short before the last page. Failed reads are retried at the end."""
    progress, restarted = False, set()
    while (step := workspace.open_read()) is not None or workspace.try_again():
        if step is None:
            continue
        if remaining() < RESERVE_MILLISECONDS:
            if not progress:
                raise NoProgressError(f"no page read, and less than {RESERVE_MILLISECONDS} ms left: raise the timeout")
            return False
        number, read, token = step
        try:
            page = reader.page(read, token)
        except (ClientError, BotoCoreError, MalformedResultError) as error:
            if token is not None and number not in restarted and _is_stale(error):
                restarted.add(number)
                workspace.start_over(number)
                continue
            log.warning("read failed", extra={"read": str(read), "error": str(error)})
            workspace.give_up(number, str(error))
        else:
            workspace.take(number, page)
        progress = True
    return True


def _is_stale(error: Exception) -> bool:
    """Returns whether AWS Config no longer accepts a token, which an earlier invocation may have received."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "InvalidNextTokenException"
