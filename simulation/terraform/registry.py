"""The resource types the simulation knows: how each is made, and how those that may change are changed.

READERS tell what somebody else has made of a resource, where Terraform is told to leave that alone.
"""

from simulation.terraform.context import Maker
from simulation.terraform.resources import config as configuration
from simulation.terraform.resources import (
    events,
    functions,
    identity,
    mappings,
    messages,
    observation,
    organizations,
    parameters,
    storage,
)

MAKERS: dict[str, Maker] = {
    **configuration.MAKERS,
    **events.MAKERS,
    **functions.MAKERS,
    **identity.MAKERS,
    **mappings.MAKERS,
    **messages.MAKERS,
    **observation.MAKERS,
    **organizations.MAKERS,
    **parameters.MAKERS,
    **storage.MAKERS,
}

CHANGERS: dict[str, Maker] = {
    **configuration.CHANGERS,
    **events.CHANGERS,
    **functions.CHANGERS,
    **identity.CHANGERS,
    **messages.CHANGERS,
    **observation.CHANGERS,
    **parameters.CHANGERS,
}

READERS: dict[str, Maker] = {**parameters.READERS}
