"""The kill switch: one SSM parameter that is read before every write. Anything but "running" stops all of them.

Whoever finds that someone has turned it writes that down. Who it was is in CloudTrail, unless the operator's command
turned it, which records the person itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.runtime import clients, clock
from handlers.common.stores.audit_chain import Document
from handlers.common.stores.audit_trail import Entry, Kind, Trail
from handlers.common.stores.journal import Journal

RUNNING, STOPPED = "running", "stopped"

SEEN = "switch"
"""The journal's key for the version that was seen last."""

AS_DEPLOYED: Mapping[str, Any] = {"version": 1, "value": RUNNING}
"""How Terraform makes it."""


@dataclass(frozen=True)
class State:
    """The switch as it stands; each turn raises the version."""

    value: str
    version: int
    changed_at: str

    @property
    def running(self) -> bool:
        """Whether writes may be made."""
        return self.value == RUNNING


def read(parameter: str) -> State:
    """Returns the switch as it stands now."""
    found = clients.ssm().get_parameter(Name=parameter)["Parameter"]
    return State(found["Value"], found["Version"], clock.stamp(found["LastModifiedDate"]))


def read_and_record(parameter: str, journal: Journal, trail: Trail, who: Document) -> State:
    """Returns the same; a turn that nobody has recorded is recorded first."""
    state, seen = read(parameter), journal.get(SEEN) or AS_DEPLOYED
    if seen["version"] < state.version:
        if seen["value"] != state.value:
            why = {"noticed": f"turned at {state.changed_at}; CloudTrail has who called PutParameter"}
            trail.append(change_entry(parameter, str(seen["value"]), state, who, why))
        mark_recorded(journal, state)
    return state


def change_entry(parameter: str, former: str, state: State, who: Document, why: Document) -> Entry:
    """Returns the record of a state change; the operator's own record, which has the reason, is another one."""
    return Entry(
        kind=Kind.SWITCH_CHANGED,
        once=f"{Kind.SWITCH_CHANGED}/{parameter}/{state.version}/{who.get('caller', '')}",
        who=who,
        what={"parameter": parameter, "version": state.version},
        why=why,
        before={"value": former},
        after={"value": state.value},
    )


def mark_recorded(journal: Journal, state: State) -> None:
    """Keeps in mind that the turn is recorded."""
    journal.advance(SEEN, "version", state.version, {"value": state.value})
