"""EventBridge's event buses; moto does not deliver events to functions."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest import mock

from moto.core.exceptions import JsonRESTError
from moto.events.models import EventsBackend

Put = Callable[[dict[str, Any], str], None]
"""Called with an event and the name of its bus."""

DEFAULT = "default"

_delete = EventsBackend.delete_event_bus


def named(bus: str | None) -> str:
    """Returns the name of a bus, given by name or ARN; of the default bus for None."""
    return bus.rpartition("/")[2] if bus else DEFAULT


def _put_events(put: Put) -> Any:
    """Returns PutEvents as EventBridge has it; moto matches schedules as patterns, and accepts AWS's own sources.

    EventBridge silently drops events for a bus that does not exist; here the call fails.
    """

    def put_events(self: EventsBackend, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for entry in events:
            self.describe_event_bus(named(entry.get("EventBusName")))
        return [_put_one(self, put, number, entry) for number, entry in enumerate(events)]

    return put_events


def _put_one(backend: EventsBackend, put: Put, number: int, entry: dict[str, Any]) -> dict[str, Any]:
    if entry["Source"].startswith("aws."):
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": f"Not authorized for {entry['Source']}"}
    event = {"source": entry["Source"], "detail-type": entry["DetailType"], "resources": []}
    event |= {"region": backend.region_name, "detail": json.loads(entry["Detail"])}
    put(event, named(entry.get("EventBusName")))
    return {"EventId": f"put-{number}"}


def _delete_event_bus(self: EventsBackend, name: str) -> None:
    """Refuses to delete a bus that has rules (EventBridge API Reference, DeleteEventBus)."""
    if name in self.event_buses and self.event_buses[name].rules:
        raise JsonRESTError("ValidationException", f"Event bus {name} can't be deleted since it has rules.")
    _delete(self, name)


def apply(stack: ExitStack, put: Put) -> None:
    """Patches moto until the stack is closed; events go to `put`."""
    stack.enter_context(mock.patch.object(EventsBackend, "put_events", _put_events(put)))
    stack.enter_context(mock.patch.object(EventsBackend, "delete_event_bus", _delete_event_bus))
