"""A simulated account whose resources, and those of its organization, are recorded configuration items."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from handlers.common.model.events import NON_COMPLIANT
from simulation.aws.account import SimulatedAccount
from simulation.aws.config.item import Item
from simulation.aws.config.service import ConfigService
from simulation.aws.organization import Member, Organization

PART = 1000
"""Items per recording: moto searches all queued messages for every message."""

Items = Mapping[str, Mapping[str, Sequence[Item]]]
"""By account and region."""


class RecordedAccount(SimulatedAccount):
    """The account of the items, recorded in parts; items of other accounts belong to its organization."""

    def __init__(self, account: str, region: str, start: datetime, items: Items, organization: str = "") -> None:
        self._items = items
        self._shown = {(name, place): 0 for name, places in items.items() for place in places}
        members = {name: Member(partial(self._present, name), _is_relevant) for name in items if name != account}
        inventory = partial(self._present, account)
        super().__init__(
            account, region, start, inventory, Organization(organization, members) if organization else None
        )
        self.config = ConfigService(account, self.clock, inventory, self._send_relevant)

    @property
    def total(self) -> int:
        """The number of items."""
        return sum(len(items) for places in self._items.values() for items in places.values())

    def appear(self) -> Iterator[int]:
        """Adds and records the items part by part; yields their number so far."""
        for account, places in self._items.items():
            for region, items in places.items():
                while self._shown[account, region] < len(items):
                    self._shown[account, region] = min(self._shown[account, region] + PART, len(items))
                    yield sum(self._shown.values())

    def _present(self, account: str, region: str) -> Iterator[Item]:
        return islice(self._items.get(account, {}).get(region, ()), self._shown.get((account, region), 0))

    def _send_relevant(self, event: dict[str, Any]) -> None:
        if _is_relevant(event):
            self.delivery.put(event)


def _is_relevant(event: dict[str, Any]) -> bool:
    """Returns whether an event can change a finding: first compliant results, which are most, cannot."""
    detail = event["detail"]
    result = detail.get("newEvaluationResult", {})
    return "oldEvaluationResult" in detail or result.get("complianceType", NON_COMPLIANT) == NON_COMPLIANT
