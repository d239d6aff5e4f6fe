"""An obsolete alert is neither sent nor kept."""

import dataclasses
import json
from typing import Any

import boto3
import pytest

from handlers.common.model.finding import Finding, Status
from handlers.common.stores.findings_table import FindingsTable
from tests.handlers.conftest import StandingClock
from tests.handlers.notify.test_app import Notify, mail, notify
from tests.handlers.process.test_alert import FINDING

__all__ = ["notify"]

OPENING = "OPENED/2026-03-01T00:00:00.000Z"


def held(**changes: Any) -> Finding:
    """Writes a finding to the findings table."""
    finding = dataclasses.replace(FINDING, opening=OPENING, **changes)
    FindingsTable(boto3.client("dynamodb", "eu-west-1"), "findings")._put(finding)
    return finding


@pytest.mark.parametrize(
    ("changes", "is_sent"),
    [
        ({"status": Status.OPEN}, True),
        ({"status": Status.RESOLVED}, True),
        ({"status": Status.RESOLVED, "brief": "yes"}, False),
        ({"status": Status.WAIVED}, False),
    ],
)
def test_an_opening(notify: Notify, changes: Any, is_sent: bool) -> None:
    finding = held(**changes)
    assert notify.run([mail(1, mail_id=finding.opening_id, finding_id=finding.finding_id)]) == []
    assert notify.subjects() == [mail(1).subject] * is_sent


def test_a_superseded_opening_is_not_sent(notify: Notify) -> None:
    first = held().opening_id
    later = dataclasses.replace(FINDING, opening="REOPENED/2026-03-01T01:00:00.000Z", revision=2)
    FindingsTable(boto3.client("dynamodb", "eu-west-1"), "findings")._put(later)
    pair = [mail(1, mail_id=first, finding_id=later.finding_id)]
    pair.append(mail(2, mail_id=later.opening_id, finding_id=later.finding_id))
    assert notify.run(pair) == []
    assert notify.subjects() == [mail(2).subject]


def test_an_opening_missing_in_the_table_is_sent(notify: Notify) -> None:
    assert notify.run([mail(1, finding_id=FINDING.finding_id)]) == []
    assert notify.subjects() == [mail(1).subject]


@pytest.mark.parametrize("was_sent", [True, False])
def test_resolution_of_a_brief_finding_is_sent_after_its_opening(
    notify: Notify, time: StandingClock, was_sent: bool
) -> None:
    finding = held()
    if was_sent:
        assert notify.run([mail(1, mail_id=finding.opening_id, finding_id=finding.finding_id)]) == []
    time.pass_by(60)
    assert notify.run([mail(2, follows=finding.opening_id)]) == []
    assert notify.subjects() == [mail(1).subject, mail(2).subject] * was_sent


def test_a_mail_of_a_removed_severity_goes_to_operations(notify: Notify, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uses a severity that a deployment removed while the mail was queued."""
    notify.topics["alerts-operations"] = notify.sns.create_topic(Name="alerts-operations")["TopicArn"]
    monkeypatch.setenv("TOPICS", json.dumps(notify.topics))
    notify.subscribe("alerts-operations")
    assert notify.run([mail(1, topic="alerts-medium")]) == []
    assert notify.sent("alerts-operations") == [(mail(1).subject, mail(1).body)]
