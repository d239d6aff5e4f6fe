"""One run of the report, over as many invocations as its reads take.

An invocation reads pages until its time runs short; then it puts the workspace into the bucket and an event on the bus,
and the next invocation goes on from there. One that dies in between is retried by Lambda with the event it had, and
reads again what came after the last workspace: the same keys are written with the same content.
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

# What a run keeps back for writing the report, or for handing on what it has read.
RESERVE_MILLISECONDS = 240_000

CHUNK = 1 << 20


class NoProgressError(ComplianceMonitorError, RuntimeError):
    """An invocation has no time to read a single page: handing on would go round for ever."""


@dataclass(frozen=True)
class Run:
    """Which report, and how often it was handed on."""

    scheduled_at: datetime
    part: int

    @classmethod
    def from_event(cls, event: Any) -> Self:
        """From the schedule's event, or from a continuation's; raises MalformedEventError."""
        if not isinstance(event, dict) or event.get("detail-type") != events.REPORT_CONTINUATION:
            return cls(time_of(event, "time"), 0)
        detail = event.get("detail")
        part = detail.get("part") if isinstance(detail, dict) else None
        if type(part) is not int or part < 1:
            raise MalformedEventError(f"detail.part is {part!r}: a whole number from 1 is needed")
        return cls(time_of(event, "detail", "scheduled_at"), part)

    def fetch(self, bucket: str, file: Path) -> bool:
        """Brings the workspace that was handed to this part; False, and no file, if another version handed it on."""
        body = clients.s3().get_object(Bucket=bucket, Key=working_key(self.scheduled_at, self.part))["Body"]
        with file.open("wb") as local:
            for chunk in body.iter_chunks(CHUNK):
                local.write(chunk)
        if is_of_this_version(file):
            return True
        log.warning("workspace of another version: begun again", extra={"part": self.part})
        file.unlink()
        return False

    def hand_on(self, bucket: str, bus: str, file: Path) -> None:
        """Gives the workspace to the next part, which an event on the bus starts."""
        part = self.part + 1
        with file.open("rb") as local:
            clients.s3().put_object(Bucket=bucket, Key=working_key(self.scheduled_at, part), Body=local)
        detail = json.dumps({"scheduled_at": clock.stamp(self.scheduled_at), "part": part})
        entry = {"Source": events.OWN_SOURCE, "DetailType": events.REPORT_CONTINUATION, "Detail": detail}
        put_events(clients.events(), bus, [entry])


def read_all(workspace: Workspace, reader: Reader, remaining: Callable[[], int]) -> bool:
    """Reads page by page; False if the time ran short before the last. What fails is tried again after the rest."""
    progress, begun_again = False, set()
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
            if token is not None and number not in begun_again and _is_stale(error):
                begun_again.add(number)
                workspace.start_over(number)
                continue
            log.warning("read failed", extra={"read": str(read), "error": str(error)})
            workspace.give_up(number, str(error))
        else:
            workspace.take(number, page)
        progress = True
    return True


def _is_stale(error: Exception) -> bool:
    """Returns whether Config no longer knows a token, which a later invocation may come with."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "InvalidNextTokenException"
