"""Digests of many mails: their number, a line of each up to a maximum, and a link to all findings."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.common.runtime.email import subject
from handlers.common.stores.mail_queue import Mail

SHOWN = 20
"""Maximum lines of one heading."""

MOST_HEADINGS = 5
"""For more headings there is one digest for all, with fewer lines for each."""

SHOWN_OF_MANY = 3
HEADINGS_OF_MANY = 50

MOST_BYTES = 250_000
"""Maximum size of a body, slightly below the limit of SNS (Amazon SNS API Reference, Publish)."""


@dataclass(frozen=True)
class Letter:
    """A message to publish, and the mails in it."""

    subject: str
    body: str
    mails: tuple[Mail, ...]


def single(mail: Mail) -> Letter:
    """Returns the letter of one mail."""
    return Letter(mail.subject, _cut(mail.body), (mail,))


def digests(mails: Sequence[Mail]) -> list[Letter]:
    """Returns one letter for each heading, or one for all if there are many headings."""
    by_heading: dict[str, list[Mail]] = {}
    for mail in mails:
        by_heading.setdefault(mail.heading, []).append(mail)
    if len(by_heading) > MOST_HEADINGS:
        return [_combined(by_heading, mails)]
    return [single(some[0]) if len(some) == 1 else _digest(heading, some) for heading, some in by_heading.items()]


def _digest(heading: str, mails: Sequence[Mail]) -> Letter:
    body = "\n".join([f"{heading}: {len(mails)} in a few minutes.", "", *_lines(mails, SHOWN), "", *mails[0].more])
    return Letter(subject(f"{heading}: {len(mails)}"), _cut(body + "\n"), tuple(mails))


def _combined(by_heading: dict[str, list[Mail]], mails: Sequence[Mail]) -> Letter:
    lines = [f"{len(mails)} notifications of {len(by_heading)} kinds in a few minutes."]
    by_size = sorted(by_heading.items(), key=lambda each: -len(each[1]))
    for heading, some in by_size[:HEADINGS_OF_MANY]:
        lines += ["", f"{heading}: {len(some)}", *_lines(some, SHOWN_OF_MANY)]
    if len(by_heading) > HEADINGS_OF_MANY:
        lines += ["", f"… and {len(by_heading) - HEADINGS_OF_MANY} more kinds"]
    largest = by_size[0][0]
    body = "\n".join([*lines, "", *mails[0].more]) + "\n"
    return Letter(subject(f"{largest}, and {len(by_heading) - 1} other kinds: {len(mails)}"), _cut(body), tuple(mails))


def _cut(body: str) -> str:
    encoded = body.encode()
    return body if len(encoded) <= MOST_BYTES else encoded[:MOST_BYTES].decode(errors="ignore") + "…\n"


def _lines(mails: Sequence[Mail], most: int) -> list[str]:
    lines = [f"- {mail.line}" for mail in mails[:most]]
    return lines + ([f"… and {len(mails) - most} more"] if len(mails) > most else [])
