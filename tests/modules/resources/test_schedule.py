from datetime import time, timedelta

import pytest

from modules.resources.schedule import daily, openings, six_hourly


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        (time(0, 30), 0, "cron(30 0,6,12,18 * * ? *)"),
        (time(0, 30), 15, "cron(45 0,6,12,18 * * ? *)"),
        (time(5, 50), 15, "cron(5 0,6,12,18 * * ? *)"),
    ],
)
def test_every_six_hours(first: time, later: int, expected: str) -> None:
    assert six_hourly(first, later) == expected


def test_once_a_day_also_past_midnight() -> None:
    assert daily(time(7, 0)) == "cron(0 7 * * ? *)"
    assert daily(time(23, 10), timedelta(hours=2)) == "cron(10 1 * * ? *)"


def test_when_change_windows_open() -> None:
    assert openings(["mon-tue 20:00-23:00", "sat 02:00-06:00"]) == [
        "cron(0 20 ? * MON,TUE *)",
        "cron(0 2 ? * SAT *)",
    ]
