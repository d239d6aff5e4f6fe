"""The default event bus of the home region, on which AWS Config tells changes and the system speaks to itself."""

from handlers.common import events
from modules.deployment import Deployment
from modules.function import Function


def arn(deployment: Deployment) -> str:
    """The bus's ARN."""
    return f"arn:{deployment.partition}:events:{deployment.region}:{deployment.account_id}:event-bus/default"


def grant_put(function: Function, deployment: Deployment) -> None:
    """Lets a function put events to the bus, in the system's own name only."""
    # A call may carry events of several sources: all of them must be ours, and there must be some.
    ours = {"ForAllValues:StringEquals": {"events:source": events.OWN_SOURCE}, "Null": {"events:source": "false"}}
    function.grant(
        "PutEvents",
        ["events:PutEvents"],
        [arn(deployment)],
        ours,
        why="tells missed changes again, reminds of open findings, and hands on what is unfinished",
    )
