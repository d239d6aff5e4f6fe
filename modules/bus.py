"""The account's default event bus, on which the system speaks to itself."""

from handlers.common import events
from modules.function import Function
from modules.settings import Settings


def grant_put(function: Function, settings: Settings) -> None:
    """Lets a function put events to the bus, in the system's own name only."""
    bus = f"arn:{settings.partition}:events:{settings.home_region}:{settings.account_id}:event-bus/default"
    # A call may carry events of several sources: all of them must be ours, and there must be some.
    ours = {"ForAllValues:StringEquals": {"events:source": events.OWN_SOURCE}, "Null": {"events:source": "false"}}
    function.grant("PutEvents", ["events:PutEvents"], [bus], ours)
