"""One thing that was looked at: how it is, in plain words, and what would help."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text


class Status(StrEnum):
    """BROKEN keeps the system, or the action that is to follow, from working; ATTENTION does not, or not yet."""

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
    """Someone should look."""
    return Check(Status.ATTENTION, what, remedy)


def broken(what: str, remedy: str) -> Check:
    """It does not work so."""
    return Check(Status.BROKEN, what, remedy)


def looked(what: str, look: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """Yields the checks of a look; a call that AWS refuses or that does not get through is a check of its own."""
    try:
        yield from look()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        remedy = (
            f"the caller needs the right to {error.operation_name}" if "Denied" in code else "look it up, and again"
        )
        yield attention(f"{what}: could not be checked: {code} at {error.operation_name}", remedy)
    except BotoCoreError as error:
        yield attention(f"{what}: could not be checked: {error}", "see that AWS can be reached from here")


def show(checks: Iterable[Check]) -> list[Check]:
    """Prints each check as it comes; returns all."""
    console, shown = Console(highlight=False, soft_wrap=True), []
    for check in checks:
        line = Text(f"{check.status:<9} ", style=COLORS[check.status]).append(check.what, style="default")
        console.print(line)
        if check.remedy:
            console.print(Text(f"          -> {check.remedy}"))
        shown.append(check)
    return shown
