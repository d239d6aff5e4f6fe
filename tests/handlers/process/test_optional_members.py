"""An event without one of its members is processed or rejected by name, and closes no finding."""

import boto3
import pytest

from handlers.common.model.events import ForeignAccountError, MalformedEventError
from handlers.common.runtime.naming import UnknownRuleError
from handlers.common.stores.findings_table import FindingsTable
from handlers.process.app import handler
from tests.handlers.process.test_app import queue
from tests.handlers.process.test_evaluations import started
from tests.support.changes import event
from tests.support.mailing import MailQueue
from tests.support.optional import Path, paths, without
from tests.support.trails import make_journal

__all__ = ["queue"]

REFUSED = (MalformedEventError, ForeignAccountError, UnknownRuleError)
LATER = event(compliance_type="NON_COMPLIANT", ordering="2026-03-01T00:09:00Z")


@pytest.mark.parametrize("path", [*paths(LATER)], ids=".".join)
def test_a_change_without_a_member_closes_nothing(queue: MailQueue, path: Path) -> None:
    handler(event(), None)
    try:
        handler(without(LATER, path), None)
    except REFUSED as error:
        assert str(error)
    [finding], _ = FindingsTable(boto3.client("dynamodb", "eu-west-1"), "findings").page()
    assert (finding.status, finding.compliance_type) == ("OPEN", "NON_COMPLIANT")


@pytest.mark.parametrize("path", [*paths(started(["someone-s-rule"]))], ids=".".join)
def test_a_started_evaluation_without_a_member_is_rejected_or_ignored(queue: MailQueue, path: Path) -> None:
    make_journal()
    try:
        handler(without(started(["someone-s-rule"], time="2026-03-01T00:00:00Z"), path), None)
    except REFUSED as error:
        assert str(error)
