"""Many mails as one: their number, some of what each says, and where all of it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.common.runtime.email import subject
from handlers.common.stores.mail_queue import Mail

SHOWN = 20
"""Lines of mails of one heading."""

MOST_HEADINGS = 5
"""Of more there is one digest for all of them, with fewer lines for each."""

SHOWN_OF_MANY = 3
HEADINGS_OF_MANY = 50

MOST_BYTES = 250_000
"""Of a body; SNS takes a little more (Amazon SNS API Reference, Publish)."""


@dataclass(frozen=True)
class Letter:
    """What is published once, and the mails that it stands for."""

    subject: str
    body: str
    mails: tuple[Mail, ...]


def single(mail: Mail) -> Letter:
    """Returns a mail as it is."""
    return Letter(mail.subject, _cut(mail.body), (mail,))


def digests(mails: Sequence[Mail]) -> list[Letter]:
    """Returns one letter for each heading, or one for all where there are many headings."""
    found: dict[str, list[Mail]] = {}
    for mail in mails:
        found.setdefault(mail.heading, []).append(mail)
    if len(found) > MOST_HEADINGS:
        return [_of_many(found, mails)]
    return [single(some[0]) if len(some) == 1 else _of(heading, some) for heading, some in found.items()]


def _of(heading: str, mails: Sequence[Mail]) -> Letter:
    body = "\n".join([f"{heading}: {len(mails)} in a few minutes.", "", *_lines(mails, SHOWN), "", *mails[0].more])
    return Letter(subject(f"{heading}: {len(mails)}"), _cut(body + "\n"), tuple(mails))


def _of_many(found: dict[str, list[Mail]], mails: Sequence[Mail]) -> Letter:
    lines = [f"{len(mails)} notifications of {len(found)} kinds in a few minutes."]
    by_size = sorted(found.items(), key=lambda each: -len(each[1]))
    for heading, some in by_size[:HEADINGS_OF_MANY]:
        lines += ["", f"{heading}: {len(some)}", *_lines(some, SHOWN_OF_MANY)]
    if len(found) > HEADINGS_OF_MANY:
        lines += ["", f"… and {len(found) - HEADINGS_OF_MANY} more kinds"]
    largest = by_size[0][0]
    body = "\n".join([*lines, "", *mails[0].more]) + "\n"
    return Letter(subject(f"{largest}, and {len(found) - 1} other kinds: {len(mails)}"), _cut(body), tuple(mails))


def _cut(body: str) -> str:
    written = body.encode()
    return body if len(written) <= MOST_BYTES else written[:MOST_BYTES].decode(errors="ignore") + "…\n"


def _lines(mails: Sequence[Mail], most: int) -> list[str]:
    lines = [f"- {mail.line}" for mail in mails[:most]]
    return lines + ([f"… and {len(mails) - most} more"] if len(mails) > most else [])
