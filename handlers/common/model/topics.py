"""The topics that people read by e-mail, as their names begin."""

OPERATIONS_TOPIC = "alerts-operations"
SUMMARY_TOPIC = "executive-summary"
WAIVER_OWNERS_TOPIC = "waiver-owners"


def alert_topic(severity: str) -> str:
    """Returns the topic for findings of a severity."""
    return f"alerts-{severity.lower()}"
