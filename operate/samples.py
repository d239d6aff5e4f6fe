"""Checks for values of the shipped examples, which are invalid in a real account."""

import re
from collections.abc import Iterator

from handlers.common.model.rule import Severity
from operate.checks import Check, broken
from settings.model import Settings

ACCOUNTS = ("111122223333", "444455556666", "123456789012")
"""Account IDs of AWS's documentation."""

RESERVED = re.compile(r"@(.*\.)?(example\.(com|net|org)|[^.]+\.(example|test|invalid)|localhost)$", re.IGNORECASE)
"""Addresses in reserved domains (RFC 2606)."""


def left(settings: Settings) -> Iterator[Check]:
    """Yields a failed check for each setting with an example value."""
    if settings.account_id in ACCOUNTS:
        yield broken(f"account_id {settings.account_id} is an example value", "set your account ID")
    for key, addresses in _recipients(settings).items():
        if found := [each for each in addresses if RESERVED.search(each)]:
            yield broken(f"{key}: {', '.join(found)} is in a reserved domain", "set your own recipients")


def _recipients(settings: Settings) -> dict[str, tuple[str, ...]]:
    alerts = {f"alerts.{severity.lower()}": settings.alerts.of(severity) for severity in Severity}
    return {**alerts, "alerts.operations": settings.alerts.operations, "summary.readers": settings.summary.readers}
