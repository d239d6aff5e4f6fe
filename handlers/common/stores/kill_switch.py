"""The kill switch: an SSM parameter that is read before every write. Any value but "running" stops all writes.

A function that reads a new state records it. CloudTrail has the principal that set it; the operator's command records
the principal itself.
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
"""The journal's key for the version that was read last."""

AS_DEPLOYED: Mapping[str, Any] = {"version": 1, "value": RUNNING}
"""The state that Terraform creates."""


@dataclass(frozen=True)
class State:
    """A state of the switch. Each state change increases the version."""

    value: str
    version: int
    changed_at: str

    @property
    def running(self) -> bool:
        """Whether writes are permitted."""
        return self.value == RUNNING


def read(parameter: str) -> State:
    """Returns the present state."""
    value = clients.ssm().get_parameter(Name=parameter)["Parameter"]
    return State(value["Value"], value["Version"], clock.stamp(value["LastModifiedDate"]))


def read_and_record(parameter: str, journal: Journal, trail: Trail, who: Document) -> State:
    """Returns the present state, after it has recorded a state change without a record."""
    state, seen = read(parameter), journal.get(SEEN) or AS_DEPLOYED
    if seen["version"] < state.version:
        if seen["value"] != state.value:
            why = {"noticed": f"set at {state.changed_at}; for the principal, see PutParameter in CloudTrail"}
            trail.append(change_entry(parameter, str(seen["value"]), state, who, why))
        mark_recorded(journal, state)
    return state


def change_entry(parameter: str, former: str, state: State, who: Document, why: Document) -> Entry:
    """Returns the audit entry of a state change. The operator's own entry, with the reason, is a separate one."""
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
    """Stores that the state change is recorded."""
    journal.advance(SEEN, "version", state.version, {"value": state.value})
