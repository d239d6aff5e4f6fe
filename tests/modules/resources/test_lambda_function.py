from dataclasses import dataclass

import pytest

from handlers.common.runtime.environment import FunctionEnvironment
from tests.support.workbench import Workbench


@dataclass(frozen=True, kw_only=True)
class Long(FunctionEnvironment):
    scope: str


def test_it_has_a_role_logs_for_seven_days_alarms_and_a_way_for_failures(workbench: Workbench) -> None:
    assert workbench.function.name == "tidy-dev-ew1"
    made = workbench.one("aws_lambda_function")
    assert (made["runtime"], made["architectures"], made["memory_size"]) == ("python3.13", ["arm64"], 256)
    assert made["environment"] == {"variables": {"ENVIRONMENT": "dev", "ENVIRONMENT_SUFFIX": "ew1"}}
    assert made["logging_config"]["log_format"] == "JSON" and made["kms_key_arn"]
    logs = workbench.one("aws_cloudwatch_log_group")
    assert (logs["name"], logs["retention_in_days"]) == ("/aws/lambda/tidy-dev-ew1", 7)
    assert [each["metric_name"] for each in workbench.all("aws_cloudwatch_metric_alarm")] == ["Errors", "Throttles"]
    invoke = workbench.one("aws_lambda_function_event_invoke_config")
    assert (invoke["maximum_retry_attempts"], invoke["maximum_event_age_in_seconds"]) == (2, 21600)


def test_it_is_created_after_its_permissions(workbench: Workbench) -> None:
    workbench.function.grant("Extra", ["s3:GetObject"], ["arn:aws:s3:::a/*"], why="reads")
    waited_for = {each.rpartition("_")[0] for each in workbench.one("aws_lambda_function")["depends_on"]}
    policies = {f"aws_iam_role_policy.tidy_{name}" for name in ("WriteLogs", "ReadVariables", "KeepFailures", "Extra")}
    assert policies <= waited_for


def test_a_polled_function_has_no_dead_letter_queue_of_its_own(workbench: Workbench) -> None:
    workbench.make_function("worker", is_polled=True)
    assert workbench.all("aws_lambda_function_event_invoke_config") == []
    assert "KeepFailures" not in workbench.granted()


def test_a_key_is_granted_once_for_each_service_and_action(workbench: Workbench) -> None:
    for sid, service in (("One", "s3"), ("Two", "s3"), ("Three", "sns")):
        workbench.function.grant_key(workbench.key, sid, ["kms:Decrypt"], via=service, why="reads")
    assert {"One", "Three"} <= workbench.granted().keys() and "Two" not in workbench.granted()


def test_many_rules_take_a_managed_policy(workbench: Workbench) -> None:
    arns = [f"arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-{number:06}" for number in range(150)]
    workbench.function.grant_rules("EvaluateRules", "config:StartConfigRulesEvaluation", arns, why="starts them")
    granted = workbench.granted()["EvaluateRules"]["Resource"]
    assert len(granted) < 150
    assert [each["name"] for each in workbench.all("aws_iam_policy")] == ["tidy-rules-2-dev-ew1"]


def test_environment_variables_that_lambda_would_refuse(workbench: Workbench) -> None:
    environment = Long(environment="dev", environment_suffix="ew1", scope="x" * 3000)
    with pytest.raises(ValueError, match=r"tidy-dev-ew1: .* 3040 characters, limit 3000; the longest is SCOPE"):
        workbench.make_function("tidy", environment=environment)
