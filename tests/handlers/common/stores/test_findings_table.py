from datetime import timedelta
from typing import Any

import boto3
import pytest

from handlers.common.model.events import ComplianceChange
from handlers.common.model.finding import Finding
from handlers.common.model.transitions import AlertInProgressError
from handlers.common.runtime import clock
from handlers.common.stores.findings_table import EXPIRES, KEY, BusyFindingError, FindingsTable
from handlers.rules import RULES
from tests.handlers.conftest import StandingClock
from tests.support.changes import ACCOUNT, event

RULE = RULES["s3-bucket-default-encryption-kms"]
CLAIM = timedelta(seconds=60)


def change(resource_id: str = "ledger", **arguments: Any) -> ComplianceChange:
    return ComplianceChange.from_event(event(resource_id, **arguments), ACCOUNT.__eq__)


@pytest.fixture
def register(aws: None) -> FindingsTable:
    client = boto3.client("dynamodb", "eu-west-1")
    client.create_table(
        TableName="findings",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
    )
    return FindingsTable(client, "findings")


def everything(register: FindingsTable) -> list[Finding]:
    """Returns all pages."""
    found, following = register.page()
    while following:
        more, following = register.page(following)
        found += more
    return found


def test_keeps_what_it_records(register: FindingsTable) -> None:
    recorded = register.record(change(), RULE, CLAIM)
    assert recorded is not None
    assert everything(register) == [recorded]


def test_same_change_twice_is_once(register: FindingsTable) -> None:
    first = register.record(change(), RULE, CLAIM)
    assert first is not None
    register.mark_alerted(first)
    assert register.record(change(), RULE, CLAIM) is None


def test_change_whose_alert_was_never_sent_comes_back(register: FindingsTable, time: StandingClock) -> None:
    register.record(change(), RULE, CLAIM)
    with pytest.raises(AlertInProgressError):
        register.record(change(), RULE, CLAIM)
    time.pass_by(61)
    again = register.record(change(), RULE, CLAIM)
    assert again is not None
    assert again.alert_due == "OPENED"


def test_writer_with_an_old_revision_loses(register: FindingsTable) -> None:
    first = register.record(change(), RULE, CLAIM)
    assert first is not None
    assert register._put(first.alerted())
    assert not register._put(first.alerted())


def test_marking_an_overtaken_alert_changes_nothing(register: FindingsTable, time: StandingClock) -> None:
    first = register.record(change(), RULE, CLAIM)
    assert first is not None
    time.pass_by(61)
    later = register.record(change(compliance_type="COMPLIANT", ordering="2026-03-01T00:10:00Z"), RULE, CLAIM)
    register.mark_alerted(first)
    assert everything(register) == [later]


class Short:
    """A table with one item per page before the filter, so that many pages are empty."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def scan(self, **asked: Any) -> Any:
        return self._client.scan(Limit=1, **asked)


def test_every_page_is_read_and_what_never_was_open_is_left_out(register: FindingsTable) -> None:
    wanted = {register.record(change(name), RULE, CLAIM) for name in ("a", "b", "c")}
    for name in ("d", "e", "f"):
        register.record(change(name, compliance_type="COMPLIANT"), RULE, CLAIM)
    short: Any = Short(register.client)
    assert set(everything(FindingsTable(short, "findings"))) == wanted


class Interrupted:
    """A table in which another writer records a change between a read and a write."""

    def __init__(self, register: FindingsTable, other: ComplianceChange) -> None:
        self._register = register
        self._other: ComplianceChange | None = other

    def get_item(self, **arguments: Any) -> Any:
        answer = self._register.client.get_item(**arguments)
        if self._other:
            other, self._other = self._other, None
            written = self._register.record(other, RULE, CLAIM)
            assert written is not None
            self._register.mark_alerted(written)
        return answer

    def put_item(self, **arguments: Any) -> Any:
        return self._register.client.put_item(**arguments)


@pytest.mark.parametrize(("ordering", "alert"), [("2026-03-01T00:10:00Z", None), ("2026-02-01T00:00:00Z", "OPENED")])
def test_lost_write_is_decided_again_on_what_the_other_wrote(
    register: FindingsTable, ordering: str, alert: str | None
) -> None:
    interrupted: Any = Interrupted(register, change(compliance_type="COMPLIANT", ordering=ordering))
    finding = FindingsTable(interrupted, "findings").record(change(), RULE, CLAIM)
    assert (finding.alert_due if finding else None) == alert


class Contested:
    """A table in which another writer is always first."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def put_item(self, **arguments: Any) -> Any:
        self._client.put_item(**arguments)
        return self._client.put_item(**arguments)


def test_gives_up_against_other_writers_and_says_so(register: FindingsTable) -> None:
    contested: Any = Contested(register.client)
    with pytest.raises(BusyFindingError, match="ledger"):
        FindingsTable(contested, "findings").record(change(), RULE, CLAIM)


def expiries(register: FindingsTable) -> list[str | None]:
    items = register.client.scan(TableName="findings")["Items"]
    return [item[EXPIRES]["N"] if EXPIRES in item else None for item in items]


def in_90_days(text: str) -> str:
    return str(int((clock.parse(text) + timedelta(days=90)).timestamp()))


def test_open_finding_does_not_expire_and_a_resolved_one_does_90_days_later(
    register: FindingsTable, time: StandingClock
) -> None:
    opened = register.record(change(), RULE, CLAIM)
    assert opened is not None
    register.mark_alerted(opened)
    assert expiries(register) == [None]
    resolved_at = "2026-03-01T00:09:00Z"
    resolved = register.record(change(compliance_type="COMPLIANT", ordering=resolved_at), RULE, CLAIM)
    assert resolved is not None
    assert expiries(register) == [in_90_days(resolved_at)]
    time.pass_by(86_400)
    register.mark_alerted(resolved)
    assert expiries(register) == [in_90_days(resolved_at)]


def test_reopened_finding_does_not_expire(register: FindingsTable) -> None:
    for ordering, kind in (("01", "NON_COMPLIANT"), ("02", "COMPLIANT"), ("03", "NON_COMPLIANT")):
        found = register.record(change(compliance_type=kind, ordering=f"2026-03-01T00:{ordering}:00Z"), RULE, CLAIM)
        assert found is not None
        register.mark_alerted(found)
    assert expiries(register) == [None]


def test_item_that_never_was_a_violation_expires_90_days_after_its_last_change(
    register: FindingsTable, time: StandingClock
) -> None:
    register.record(change(compliance_type="COMPLIANT"), RULE, CLAIM)
    first = expiries(register)
    assert first == [in_90_days(clock.stamp(clock.now()))]
    time.pass_by(3_600)
    register.record(change(compliance_type="COMPLIANT", ordering="2026-03-01T00:30:00Z"), RULE, CLAIM)
    assert expiries(register) == [str(int(str(first[0])) + 3_600)]
