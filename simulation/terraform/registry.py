"""The supported resource types: functions that create resources, and for some types functions that change them.

READERS return the current value of an argument whose changes Terraform ignores.
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
