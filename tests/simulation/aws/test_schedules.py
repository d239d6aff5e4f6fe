from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.remediation import remediations
from simulation.aws.account import SimulatedAccount
from simulation.aws.event_delivery import NoSuchScheduleError
from simulation.aws.lambda_runtime import Invocation
from simulation.aws.schedules import UnknownScheduleError, next_after
from tests.conftest import START

EVALUATE, REPORT, SCORE = (f"{name}-on-schedule-dev-ew1" for name in ("evaluate", "report", "score"))
OTHERS = [f"remediate-{each.name}-on-schedule-dev-ew1" for each in remediations().values()]
OTHERS += ["notify-on-schedule-dev-ew1"]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def plans(invocations: list[Invocation]) -> list[tuple[str, str]]:
    """Returns the scheduled events among invocations, each with its function."""
    scheduled = [each for each in invocations if each.event["detail-type"] == "Scheduled Event"]
    return [(each.function.removesuffix("-dev-ew1"), each.event["time"]) for each in scheduled]


@pytest.mark.parametrize(
    ("expression", "moment", "expected"),
    [
        ("cron(45 0,6,12,18 * * ? *)", at(1, 0, 44), at(1, 0, 45)),
        ("cron(45 0,6,12,18 * * ? *)", at(1, 0, 45), at(1, 6, 45)),
        ("cron(45 0,6,12,18 * * ? *)", at(1, 18, 45), at(2, 0, 45)),
        ("cron(0 7 * * ? *)", at(31, 7) + timedelta(milliseconds=1), datetime(2026, 4, 1, 7, tzinfo=UTC)),
        ("cron(0 20 ? * MON,FRI *)", at(1, 0), at(2, 20)),
        ("cron(0 20 ? * MON,FRI *)", at(2, 20), at(6, 20)),
        ("cron(0 20 ? * SUN *)", at(1, 20), at(8, 20)),
        ("cron(0 7 * * ? *)", datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=5))), at(1, 7)),
    ],
)
def test_next_moment_of_a_schedule(expression: str, moment: datetime, expected: datetime) -> None:
    assert next_after(expression, moment) == expected


hours = st.lists(st.integers(0, 23), min_size=1, max_size=5)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(st.integers(0, 59), hours, moments)
def test_next_moment_is_the_first_later_match_of_the_expression(
    minute: int, hours: list[int], moment: datetime
) -> None:
    expression = f"cron({minute} {','.join(map(str, hours))} * * ? *)"
    found = next_after(expression, moment)
    assert moment < found <= moment + timedelta(days=1)
    assert (found.minute, found.second, found.microsecond) == (minute, 0, 0)
    assert found.hour in hours
    assert next_after(expression, found - timedelta(microseconds=1)) == found
    whole = moment.replace(minute=0, second=0, microsecond=0)
    between = (whole + timedelta(hours=step, minutes=minute) for step in range(25))
    assert not [each for each in between if moment < each < found and each.hour in hours]


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("rate(6 hours)", "only cron"),
        ("at(2026-03-01T00:00:00)", "only cron"),
        ("", "only cron"),
        ("cron(0 7 * * ?)", "5 fields"),
        ("cron(0 7 1 * ? *)", "day of month"),
        ("cron(0 7 * 3 ? *)", "as month"),
        ("cron(0 7 ? * MONDAY *)", "day of month"),
        ("cron(0 7 ? * MON-FRI *)", "day of month"),
        ("cron(0 7 * * MON *)", "day of week"),
        ("cron(0 7 * * ? 2026)", "year"),
        ("cron(0/5 7 * * ? *)", "0 to 59 as minute"),
        ("cron(60 7 * * ? *)", "0 to 59 as minute"),
        ("cron(0 24 * * ? *)", "0 to 23 as hour"),
        ("cron(0 6-9 * * ? *)", "0 to 23 as hour"),
        ("cron(0 6, * * ? *)", "0 to 23 as hour"),
        ("cron(0 ٦ * * ? *)", "0 to 23 as hour"),
    ],
)
def test_an_unsupported_expression_is_rejected_by_name(expression: str, why: str) -> None:
    with pytest.raises(UnknownScheduleError, match=why) as refused:
        next_after(expression, at(1, 0))
    assert str(refused.value).startswith(f"{expression}: ")


def test_schedules_come_due_in_order_with_whole_seconds(deployed: SimulatedAccount) -> None:
    ran = deployed.run_until(START + timedelta(hours=7), skip=[SCORE, *OTHERS])
    assert plans(ran) == [
        ("report", "2026-03-01T00:45:00Z"),
        ("evaluate", "2026-03-01T06:15:00Z"),
        ("report", "2026-03-01T06:45:00Z"),
    ]
    assert [each for each in deployed.invocations if each in ran] == ran
    starts = [each.at[0] for each in ran if each.event["detail-type"] == "Scheduled Event"]
    assert [f"{start:%H:%M:%S}" for start in starts] == ["00:45:00", "06:15:00", "06:45:00"]
    assert START + timedelta(hours=7) <= deployed.clock.now() < START + timedelta(hours=7, seconds=1)


def test_a_skipped_schedule_does_not_run_later(deployed: SimulatedAccount) -> None:
    assert plans(deployed.run_until(START + timedelta(hours=5), skip=[EVALUATE, REPORT, SCORE, *OTHERS])) == []
    ran = plans(deployed.run_until(START + timedelta(hours=6, minutes=30)))
    assert ran == [("evaluate", "2026-03-01T06:15:00Z"), ("report", "2026-03-01T06:45:00Z")]


def test_a_disabled_schedule_does_not_run(deployed: SimulatedAccount) -> None:
    deployed.client("events").disable_rule(Name=EVALUATE)
    ran = plans(deployed.run_until(START + timedelta(hours=6, minutes=20), skip=OTHERS))
    assert [name for name, _ in ran] == ["report"]


def test_a_late_event_has_its_planned_time_and_is_sent_once(deployed: SimulatedAccount) -> None:
    deployed.run_until(START + timedelta(minutes=10))
    deployed.clock.advance(timedelta(minutes=50))
    late = deployed.run_until(START + timedelta(minutes=40), skip=OTHERS)
    assert plans(late) == [("report", "2026-03-01T00:45:00Z")]
    assert late[0].at[0] >= START + timedelta(hours=1)
    assert deployed.clock.now() < START + timedelta(hours=1, minutes=1), "time was not turned back, nor lost"
    assert deployed.run_until(START + timedelta(minutes=50), skip=OTHERS) == []


def test_a_moment_that_has_passed_changes_nothing(deployed: SimulatedAccount) -> None:
    deployed.run_until(START + timedelta(hours=1))
    assert deployed.run_until(START) == []
    assert deployed.clock.now() >= START + timedelta(hours=1)
    assert plans(deployed.run_until(START + timedelta(hours=6, minutes=15))) == [("evaluate", "2026-03-01T06:15:00Z")]


def test_skipping_an_unknown_schedule_is_rejected(deployed: SimulatedAccount) -> None:
    with pytest.raises(NoSuchScheduleError, match="report-on-scedule"):
        deployed.run_until(START + timedelta(hours=1), skip=["report-on-scedule"])


def test_mails_have_the_time_of_the_run_that_sent_them(deployed: SimulatedAccount) -> None:
    (topic, *_) = deployed.client("sns").list_topics()["Topics"]
    deployed.client("sns").publish(TopicArn=topic["TopicArn"], Subject="s", Message="m")
    ran, *_ = deployed.fire(EVALUATE)
    assert deployed.published(topic["TopicArn"]) == [{"subject": "s", "message": "m", "at": ran.at[0]}]
