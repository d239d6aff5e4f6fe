"""Results of checks, with a remedy for each failure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text


class Status(StrEnum):
    """BROKEN: the monitor does not work or the next action would fail; ATTENTION: it works, possibly not for long."""

    OK = "ok"
    ATTENTION = "attention"
    BROKEN = "broken"


COLORS = {Status.OK: "green", Status.ATTENTION: "yellow", Status.BROKEN: "red"}


@dataclass(frozen=True)
class Check:
    """The result of a check; with a remedy unless it passed."""

    status: Status
    what: str
    remedy: str = ""


def ok(what: str) -> Check:
    """Returns a passed check."""
    return Check(Status.OK, what)


def attention(what: str, remedy: str) -> Check:
    """Returns a check that needs attention."""
    return Check(Status.ATTENTION, what, remedy)


def broken(what: str, remedy: str) -> Check:
    """Returns a failed check."""
    return Check(Status.BROKEN, what, remedy)


def guarded(what: str, run: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """Yields the checks of `run`; a failed AWS call becomes a check that needs attention."""
    try:
        yield from run()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        permission = f"the caller needs the permission {error.operation_name}"
        remedy = permission if "Denied" in code else "see the error code in the API reference, then run this again"
        yield attention(f"{what}: could not be checked: {code} at {error.operation_name}", remedy)
    except BotoCoreError as error:
        yield attention(f"{what}: could not be checked: {error}", "check the network connection to AWS")


def show(checks: Iterable[Check]) -> list[Check]:
    """Prints each check as soon as it is available; returns all checks."""
    console, shown = Console(highlight=False, soft_wrap=True), []
    for check in checks:
        line = Text(f"{check.status:<9} ", style=COLORS[check.status]).append(check.what, style="default")
        console.print(line)
        if check.remedy:
            console.print(Text(f"          -> {check.remedy}"))
        shown.append(check)
    return shown
