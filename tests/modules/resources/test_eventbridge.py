import json

import pytest

from modules.resources.event_bus import Bus
from modules.resources.eventbridge import EventRule, PatternTooLongError, checked
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
