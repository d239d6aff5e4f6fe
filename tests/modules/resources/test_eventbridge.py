import json
from datetime import time, timedelta

import pytest

from modules.resources.eventbridge import (
    Bus,
    EventRule,
    PatternTooLongError,
    checked,
    daily,
    default_arn,
    openings,
    six_hourly,
)
from tests.support.workbench import Workbench, statements


def test_a_schedule_runs_the_function_and_keeps_what_fails(workbench: Workbench) -> None:
    EventRule(
        workbench.stack,
        "tidy-daily",
        context=workbench.context,
        function=workbench.function,
        schedule="rate(1 day)",
    )
    rule = workbench.one("aws_cloudwatch_event_rule")
    assert (rule["name"], rule["schedule_expression"], rule["state"]) == (
        "tidy-daily-dev-ew1",
        "rate(1 day)",
        "ENABLED",
    )
    assert "event_pattern" not in rule and "event_bus_name" not in rule
    target = workbench.one("aws_cloudwatch_event_target")
    assert target["retry_policy"] == {"maximum_event_age_in_seconds": 21600, "maximum_retry_attempts": 24}
    assert target["dead_letter_config"]["arn"] and target["depends_on"]
    permission = workbench.one("aws_lambda_permission")
    assert (permission["principal"], permission["source_account"]) == ("events.amazonaws.com", "111122223333")
    assert "KeepUndelivered" in statements(workbench.one("aws_sqs_queue_policy")["policy"])


def test_a_pattern_on_the_system_s_own_bus(workbench: Workbench) -> None:
    bus = Bus(workbench.stack, "bus", deployment=workbench.deployment)
    given = {"context": workbench.context, "function": workbench.function, "pattern": {"source": ["b"]}, "bus": bus}
    EventRule(workbench.stack, "on-event", **given)  # type: ignore[arg-type]
    rule = workbench.one("aws_cloudwatch_event_rule")
    assert json.loads(rule["event_pattern"]) == {"source": ["b"]}
    assert rule["event_bus_name"] == workbench.one("aws_cloudwatch_event_target")["event_bus_name"]


def test_a_pattern_that_eventbridge_would_refuse() -> None:
    assert len(checked({"a": ["b" * 2038]})) == 2048
    with pytest.raises(PatternTooLongError, match="the event pattern has 2049 characters; the quota is 2048"):
        checked({"a": ["b" * 2039]})


def test_no_one_but_the_granted_functions_puts_events(workbench: Workbench) -> None:
    bus = Bus(workbench.stack, "bus", deployment=workbench.deployment)
    deny = statements(workbench.one("aws_cloudwatch_event_bus_policy")["policy"])["DenyEventsOfOthers"]
    assert "Condition" not in deny, "without a granted function, every principal is denied"
    bus.grant_put(workbench.function)
    deny = statements(workbench.one("aws_cloudwatch_event_bus_policy")["policy"])["DenyEventsOfOthers"]
    role = "arn:aws:iam::111122223333:role/tidy-dev-ew1"
    assert deny["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [role]}}
    put = workbench.granted()["PutEvents"]
    assert put["Condition"]["Null"] == {"events:source": "false"}, "a call without a source is denied"


def test_the_default_bus_is_the_home_region_s(workbench: Workbench) -> None:
    assert default_arn(workbench.deployment) == "arn:aws:events:eu-west-1:111122223333:event-bus/default"


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
