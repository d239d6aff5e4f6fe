"""Subjects of mails by SNS: ASCII, one line, fewer than 100 characters (SNS API Reference, Publish)."""

import re

LIMIT = 99


def subject(text: str) -> str:
    """Returns a valid subject: invalid characters become question marks, and the excess is cut off."""
    plain = re.sub("[^ -~]", "?", text)
    return plain if len(plain) <= LIMIT else plain[: LIMIT - 3] + "..."
