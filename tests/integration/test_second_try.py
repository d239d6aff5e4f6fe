"""A failed daily score or summary is repeated within the day."""

from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.common.runtime.naming import SUMMARY_TOPIC
from settings.model import Settings
from settings.resource_names import NameKind
from simulation.aws.account import SimulatedAccount
from simulation.aws.faults import Called, Fault
from simulation.demo import artefacts, estate

BUCKET = "compliance-reports-dev-ew1"
HALF_PAST = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def mails(cloud: SimulatedAccount, settings: Settings) -> list[dict[str, Any]]:
    topic = settings.name(SUMMARY_TOPIC, NameKind.SNS_TOPIC)
    arn = f"arn:aws:sns:{settings.home_region}:{settings.account_id}:{topic}"
    return [mail for mail in cloud.published(arn) if mail["at"] > HALF_PAST - timedelta(hours=2)]


def days(cloud: SimulatedAccount) -> list[str]:
    return [score["day"] for score in artefacts.scores(cloud, BUCKET)]


def test_the_second_schedules_complete_a_failed_score_and_summary(deployed: SimulatedAccount, dev: Settings) -> None:
    estate.make_bucket(deployed, "ledger", estate.AES256)
    deployed.record()
    faults, failing = deployed.guardian.faults, {"score-dev-ew1 s3:PutObject", "summarize-dev-ew1 sqs:SendMessage"}

    def choose(_number: int, called: Called) -> Fault | None:
        return Fault.TIMED_OUT if str(called) in failing else None

    deployed.run_until(HALF_PAST - timedelta(hours=2))
    before = days(deployed)
    faults.choose = choose
    deployed.run_until(HALF_PAST)
    assert days(deployed) == before
    failing.remove("score-dev-ew1 s3:PutObject")
    deployed.run_until(HALF_PAST + timedelta(hours=1))
    assert days(deployed) == [*before, "2026-03-02"]
    assert mails(deployed, dev) == []
    faults.clear()
    ran = deployed.run_until(HALF_PAST + timedelta(hours=2))
    assert not [each.error for each in ran if each.error]
    assert len(mails(deployed, dev)) == 1
