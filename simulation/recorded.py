"""A simulated account whose resources are recorded configuration items."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from handlers.common.events import NON_COMPLIANT
from simulation.cloud import Cloud
from simulation.config.item import Item
from simulation.config.service import ConfigService

PART = 1000
"""Items that are recorded at once: what waits in a queue is looked through with every message."""


class RecordedAccount(Cloud):
    """The account of some items by region, which AWS Config records part by part."""

    def __init__(self, account: str, region: str, start: datetime, items: Mapping[str, Sequence[Item]]) -> None:
        super().__init__(account, region, start, self._present)
        self.config = ConfigService(account, self.clock, self._present, self._send_news)
        self._items = items
        self._shown: dict[str, int] = dict.fromkeys(items, 0)

    @property
    def total(self) -> int:
        """All items."""
        return sum(map(len, self._items.values()))

    def appear(self) -> Iterator[int]:
        """Lets the items come to be, a part at a time; yields how many there are then."""
        for region, items in self._items.items():
            while self._shown[region] < len(items):
                self._shown[region] = min(self._shown[region] + PART, len(items))
                yield sum(self._shown.values())

    def _present(self, region: str) -> Iterator[Item]:
        return islice(self._items.get(region, ()), self._shown.get(region, 0))

    def _send_news(self, event: dict[str, Any]) -> None:
        """Leaves out first results that are no violations: they change nothing, and are most of what there is."""
        detail = event["detail"]
        result = detail.get("newEvaluationResult", {})
        if "oldEvaluationResult" in detail or result.get("complianceType", NON_COMPLIANT) == NON_COMPLIANT:
            self.delivery.put(event)
