"""The account of recorded items: their recording in parts, and the events that they send."""

from datetime import UTC, datetime
from typing import Any

import pytest

from simulation.aws import recorded
from simulation.aws.config.item import Item
from simulation.aws.recorded import RecordedAccount

HOME, OTHER = "eu-west-1", "eu-central-1"


@pytest.fixture
def account() -> RecordedAccount:
    items = {
        HOME: [Item("T", str(number), {}) for number in range(5)],
        OTHER: [Item("T", "other", {})],
        "eu-north-1": [],
    }
    return RecordedAccount("111122223333", HOME, datetime(2026, 3, 1, tzinfo=UTC), {"111122223333": items})


def ids(account: RecordedAccount, region: str) -> list[str]:
    return [item.resource_id for item in account.config.inventory(region)]


def test_items_are_added_in_parts(account: RecordedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "PART", 2)
    assert (account.total, ids(account, HOME)) == (6, [])
    there = [(count, len(ids(account, HOME)), ids(account, OTHER)) for count in account.appear()]
    assert there == [(2, 2, []), (4, 4, []), (5, 5, []), (6, 5, ["other"])]
    assert ids(account, "eu-north-1") == ids(account, "us-east-1") == []
    assert list(account.appear()) == []


@pytest.mark.parametrize(
    ("before", "now", "is_sent"),
    [
        (None, "NON_COMPLIANT", True),
        (None, "COMPLIANT", False),
        (None, "NOT_APPLICABLE", False),
        ("NON_COMPLIANT", "COMPLIANT", True),
        ("COMPLIANT", "NON_COMPLIANT", True),
    ],
)
def test_first_result_without_a_violation_sends_no_event(
    before: str | None, now: str, is_sent: bool, account: RecordedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(account.delivery, "put", sent.append)
    old = {} if before is None else {"oldEvaluationResult": {"complianceType": before}}
    account.config._emit({"detail": {"newEvaluationResult": {"complianceType": now}, **old}})
    assert bool(sent) == is_sent


def test_other_events_are_sent(account: RecordedAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(account.delivery, "put", sent.append)
    account.config._emit({"detail": {"messageType": "ConfigRulesEvaluationStarted"}})
    assert len(sent) == 1
