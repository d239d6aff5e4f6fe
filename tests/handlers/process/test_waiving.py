"""A waived finding: recorded without an alert, and reopened with its age when the waiver expires."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest

from handlers.common.model import exclusion, waiver
from handlers.common.model.exclusion import Exclusion
from handlers.common.model.rule import Managed
from handlers.common.runtime import clients
from handlers.common.stores.findings_table import FindingsTable
from handlers.process.app import handler
from handlers.rules import RULES
from tests.handlers.conftest import StandingClock
from tests.handlers.process.test_app import queue
from tests.support.changes import event
from tests.support.mailing import MailQueue
from tests.support.trails import make_trail, records
from tests.support.waivers import bucket
from tests.support.waivers import waiver as made

__all__ = ["queue"]

Deploy = Callable[..., None]


@pytest.fixture
def deploy(queue: MailQueue, time: StandingClock, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    make_trail()
    return lambda *waivers: monkeypatch.setattr(waiver, "load", lambda: waivers)


def kinds() -> list[tuple[str, str]]:
    return [(record["kind"], record["after"]["status"]) for record in records()]


def status() -> tuple[str, str, str]:
    [finding], _ = FindingsTable(boto3.client("dynamodb", "eu-west-1"), "findings").page()
    return finding.status, finding.waiver, finding.opened_at


def test_waived_finding_is_recorded_and_not_reported(queue: MailQueue, deploy: Deploy) -> None:
    deploy(made())
    for _ in range(2):
        handler(event(), None)
    assert queue.subjects() == []
    assert status()[:2] == ("WAIVED", "crane")
    [record] = records()
    assert (record["kind"], record["why"]["waiver"], record["why"]["ticket"]) == ("WAIVER_APPLIED", "crane", "RISK-7")
    assert record["who"]["approver"] == "approver@example.com"
    assert record["what"]["resource_id"] == "ledger"


def test_finding_is_reported_again_with_its_age_when_the_waiver_expires(
    queue: MailQueue, deploy: Deploy, time: StandingClock
) -> None:
    deploy(made())
    handler(event(), None)
    opened_at = status()[2]
    time.pass_by(31 * 86_400)
    handler(event(), None)
    assert [subject.split()[1] for subject in queue.subjects()] == ["REOPENED"]
    assert status() == ("OPEN", "", opened_at)
    assert kinds() == [("WAIVER_APPLIED", "WAIVED"), ("WAIVER_ENDED", "OPEN")]


def test_waiver_that_was_withdrawn_is_recorded_by_its_name(queue: MailQueue, deploy: Deploy) -> None:
    deploy(made())
    handler(event(), None)
    deploy()
    handler(event(), None)
    assert records()[-1]["why"]["waiver"] == "crane"
    assert [subject.split()[1] for subject in queue.subjects()] == ["REOPENED"]


def test_finding_fixed_while_waived_is_resolved_without_a_mail(queue: MailQueue, deploy: Deploy) -> None:
    deploy(made())
    handler(event(), None)
    handler(event(compliance_type="COMPLIANT", ordering="2026-03-01T00:09:00Z"), None)
    assert queue.subjects() == []
    assert kinds() == [("WAIVER_APPLIED", "WAIVED"), ("WAIVER_ENDED", "RESOLVED")]


def test_open_finding_is_waived_when_the_waiver_comes(queue: MailQueue, deploy: Deploy) -> None:
    handler(event(), None)
    opened_at = status()[2]
    deploy(made())
    handler(event(), None)
    assert [subject.split()[1] for subject in queue.subjects()] == ["OPENED"]
    assert status() == ("WAIVED", "crane", opened_at)


def test_tags_of_unrecorded_types_are_not_read(
    queue: MailQueue, deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = next(each for each in RULES.values() if "AWS::S3::Bucket" in each.resource_types)
    source = Managed("SOME_RULE", {}, ("AWS::S3::Bucket",), periodic=True, unrecorded=("AWS::S3::Bucket",))
    monkeypatch.setitem(RULES, rule.name, replace(rule, source=source))
    monkeypatch.setattr(clients, "config_service", lambda: pytest.fail("AWS Config refuses the type"))
    deploy(made(tags={"supplier": "crane"}))
    handler(event(), None)
    assert status()[0] == "OPEN"


@pytest.mark.parametrize(("tags", "expected"), [({"supplier": "crane"}, "WAIVED"), ({}, "OPEN")])
def test_tags_are_read_from_config(
    queue: MailQueue, deploy: Deploy, monkeypatch: pytest.MonkeyPatch, tags: dict[str, str], expected: str
) -> None:
    class Config:
        def get_aggregate_resource_config(self, **_: Any) -> Any:
            return {"ConfigurationItem": {"tags": tags, "configuration": "{}"}}

    monkeypatch.setattr(clients, "config_service", Config)
    deploy(made(tags={"supplier": "crane"}))
    handler(event(), None)
    assert status()[0] == expected


def test_excluded_finding_is_recorded_and_alerted_only_after_the_exclusion(
    queue: MailQueue, deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    excluded = Exclusion(id="excluded-1ed9", rule=made().rule, reason="moves next year", resource=bucket())
    deploy(made())
    monkeypatch.setattr(exclusion, "load", lambda: (excluded,))
    handler(event(), None)
    assert (queue.subjects(), status()[:2]) == ([], ("WAIVED", excluded.id))
    monkeypatch.setattr(exclusion, "load", tuple)
    deploy()
    handler(event(), None)
    assert kinds() == [("EXCLUSION_APPLIED", "WAIVED"), ("EXCLUSION_ENDED", "OPEN")]
    assert records()[0]["why"]["reason"] == "moves next year"
    [mail] = queue.mails()
    assert "REOPENED" in mail.subject and f"Exclusion: {excluded.id} no longer applies" in mail.body
