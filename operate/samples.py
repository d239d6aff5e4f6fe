"""Values of the shipped examples, which are right for synthesis and the demo, and wrong in a bank's account."""

import re
from collections.abc import Iterator

from handlers.common.model.rule import Severity
from operate.checks import Check, broken
from settings.model import Settings

ACCOUNTS = ("111122223333", "444455556666", "123456789012")
"""As AWS's documentation has them."""

RESERVED = re.compile(r"@(.*\.)?(example\.(com|net|org)|[^.]+\.(example|test|invalid)|localhost)$", re.IGNORECASE)
"""Addresses in reserved domains (RFC 2606)."""


def left(settings: Settings) -> Iterator[Check]:
    """Yields one check for each kind that is left; none where all are the bank's own."""
    if settings.account_id in ACCOUNTS:
        yield broken(f"account_id {settings.account_id} is an example's", "write your own account's number")
    for key, addresses in _recipients(settings).items():
        if found := [each for each in addresses if RESERVED.search(each)]:
            yield broken(f"{key}: {', '.join(found)} reaches no mailbox", "write your own recipients")


def _recipients(settings: Settings) -> dict[str, tuple[str, ...]]:
    alerts = {f"alerts.{severity.lower()}": settings.alerts.of(severity) for severity in Severity}
    return {**alerts, "alerts.operations": settings.alerts.operations, "summary.readers": settings.summary.readers}
