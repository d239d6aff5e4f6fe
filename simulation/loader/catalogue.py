"""The resource types the simulation knows: how each is made, and how those that may change are changed."""

from simulation.loader import configuration, events, functions, identity, messages, observation, storage
from simulation.loader.place import Maker

MAKERS: dict[str, Maker] = {
    **configuration.MAKERS,
    **events.MAKERS,
    **functions.MAKERS,
    **identity.MAKERS,
    **messages.MAKERS,
    **observation.MAKERS,
    **storage.MAKERS,
}

CHANGERS: dict[str, Maker] = {
    **configuration.CHANGERS,
    **events.CHANGERS,
    **functions.CHANGERS,
    **identity.CHANGERS,
    **observation.CHANGERS,
}
