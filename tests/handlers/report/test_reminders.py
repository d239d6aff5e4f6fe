import json
from typing import Any

import pytest

from handlers.common.events import ComplianceChange
from handlers.report.document import report
from handlers.report.reminders import NotRemindedError, remind, reminders
from tests.handlers.report.test_document import HEADER, S3, picture

DOCUMENT = report(HEADER, [picture(["a", "b"], {"a": "NON_COMPLIANT", "b": "NON_COMPLIANT"})], {})


def test_only_what_an_enforcing_remediation_may_touch() -> None:
    assert reminders(DOCUMENT, {}) == []
    assert len(reminders(DOCUMENT, {S3.name: ["a", "other"]})) == 1


def test_reminder_is_read_as_config_s_own_event() -> None:
    (entry,) = reminders(DOCUMENT, {S3.name: ["a"]})
    event = {"id": "x", "detail": json.loads(entry["Detail"])}
    change = ComplianceChange.from_event(event, HEADER.account)
    assert (change.resource_id, change.compliance_type) == ("a", "NON_COMPLIANT")
    assert change.config_rule_name == f"{S3.name}-dev-ew1"
    assert entry["Source"] == "compliance-monitor"


class Bus:
    def __init__(self, failed: int = 0) -> None:
        self.failed = failed
        self.calls: list[int] = []

    def put_events(self, Entries: list[Any]) -> dict[str, int]:
        self.calls.append(len(Entries))
        return {"FailedEntryCount": self.failed}


def test_ten_at_a_time() -> None:
    bus: Any = Bus()
    remind(bus, [{}] * 23)
    assert bus.calls == [10, 10, 3]


def test_what_the_bus_refuses_is_no_silent_loss() -> None:
    bus: Any = Bus(failed=1)
    with pytest.raises(NotRemindedError, match="1 of 2"):
        remind(bus, [{}] * 2)
