"""The times of evaluations started by AWS Config are stored for the report."""

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.common.model.events import FutureEventError, MalformedEventError
from handlers.common.stores import evaluations
from handlers.common.stores.batch_reads import KEYS_A_CALL
from handlers.process.app import handler
from tests.handlers.conftest import StandingClock
from tests.handlers.process.test_app import queue
from tests.support.changes import S3_RULE
from tests.support.mailing import MailQueue
from tests.support.trails import journal, make_journal

__all__ = ["queue"]

AT = datetime(2026, 3, 1, 6, 15, tzinfo=UTC)
RULE = "s3-bucket-default-encryption-kms"


@pytest.fixture(autouse=True)
def deployed(queue: MailQueue, time: StandingClock) -> None:
    make_journal()
    time.moment = AT


def started(names: Any, region: str = "eu-central-1", time: str = "2026-03-01T06:15:00Z") -> dict[str, Any]:
    detail = {"messageType": "ConfigRulesEvaluationStarted", "configRuleNames": names}
    return {"detail-type": evaluations.STATUS, "region": region, "time": time, "detail": detail}


def kept(region: str = "eu-central-1") -> list[tuple[str, str, datetime]]:
    return list(evaluations.noted(journal(), [(RULE, region)]))


@pytest.mark.parametrize("names", [S3_RULE, [S3_RULE], ["someone-s-rule", S3_RULE]])
def test_the_time_is_stored_by_rule_and_region(names: Any) -> None:
    handler(started(names), None)
    assert kept() == [(RULE, "eu-central-1", AT)]
    assert kept("eu-west-1") == []


def test_the_latest_time_stays_in_whatever_order_events_come() -> None:
    for time in ("2026-03-01T00:15:00Z", "2026-03-01T06:15:00Z", "2026-02-28T18:15:00Z"):
        handler(started([S3_RULE], time=time), None)
    assert kept() == [(RULE, "eu-central-1", AT)]


@pytest.mark.parametrize("names", [None, 5, [5], {"name": S3_RULE}])
def test_another_form_of_event_is_rejected_by_name(names: Any) -> None:
    with pytest.raises(MalformedEventError, match=r"detail\.configRuleNames is"):
        handler(started(names), None)


def test_a_future_time_is_rejected() -> None:
    with pytest.raises(FutureEventError):
        handler(started([S3_RULE], time="2026-03-01T06:31:00Z"), None)
    assert kept() == []


def test_reads_beyond_the_limit_are_split_into_calls() -> None:
    assert list(evaluations.noted(journal(), [])) == []
    many = [(f"rule-{number}", "eu-west-1") for number in range(KEYS_A_CALL + 1)]
    assert list(evaluations.noted(journal(), many)) == []
