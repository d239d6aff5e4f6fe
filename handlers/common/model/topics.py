"""Prefixes of the names of the topics with e-mail subscriptions."""

OPERATIONS_TOPIC = "alerts-operations"
SUMMARY_TOPIC = "executive-summary"
WAIVER_OWNERS_TOPIC = "waiver-owners"


def alert_topic(severity: str) -> str:
    """Returns the prefix of the topic for findings of a severity."""
    return f"alerts-{severity.lower()}"
