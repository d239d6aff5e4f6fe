"""The subject of a mail that SNS sends: ASCII, one line, fewer than 100 characters (SNS API Reference, Publish)."""

import re

LIMIT = 99


def subject(text: str) -> str:
    """Returns the text as a subject; what SNS does not take becomes a question mark, and what is too long is cut."""
    plain = re.sub("[^ -~]", "?", text)
    return plain if len(plain) <= LIMIT else plain[: LIMIT - 3] + "..."
