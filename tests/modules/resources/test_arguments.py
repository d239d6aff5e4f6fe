"""Arguments that a construct refuses at synthesis, because AWS or the function would refuse them later."""

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformVariable

from handlers.common.model.criteria import Criteria
from handlers.rules.rds_backup_retention_minimum.rule import RULE
from modules.aws_config.organization_rules import OrganizationRules
from modules.aws_config.recorder import ConfigRecorder, RecorderDelivery
from modules.aws_config.rules import Rules
from modules.resources.arguments import ArgumentError
from modules.resources.eventbridge import EventRule
from modules.resources.function_queue import Queue
from modules.resources.lambda_archive import ROOT, Code
from modules.resources.s3 import Bucket
from modules.resources.sns import Topic
from tests.support.workbench import Workbench

HERE = ROOT / "examples" / "own_app"


def event_rule(on: Workbench, **given: Any) -> None:
    EventRule(on.stack, "tidy-daily", context=on.context, function=on.function, **given)


def bucket(on: Workbench, **given: Any) -> None:
    Bucket(on.stack, "documents", deployment=on.deployment, key=on.key, resource_type="archive", **given)


def topic(on: Workbench, **given: Any) -> None:
    Topic(on.stack, "news", deployment=on.deployment, key=on.key, resource_type="news", **given)


def queue(on: Workbench, **given: Any) -> None:
    made = Queue(on.stack, "jobs", deployment=on.deployment, resource_type="jobs", **given)
    made.feed(on.function, "ReceiveJobs", batch=10)


def code(on: Workbench, **given: Any) -> None:
    complete = {"entry": "handlers.tidy.app.handler", "sources": ("handlers",), "root": HERE}
    on.make_function("tidy", code=Code(**{**complete, **given}))  # type: ignore[arg-type]


def recorder(on: Workbench, **given: Any) -> None:
    delivery = RecorderDelivery(on.stack, "recording", deployment=on.deployment, key=on.key, bucket=on.bucket)
    ConfigRecorder(on.stack, "recorder", region="eu-west-1", recording=delivery, **given)


def rule(on: Workbench, **given: Any) -> None:
    Rules(on.stack, "rules", deployment=on.deployment, region="eu-west-1", rules={RULE.name: RULE}, criteria=given)


def criteria(**values: Any) -> Criteria:
    return Criteria(values, "111122223333")


@pytest.mark.parametrize(
    ("make", "given", "refusal"),
    [
        (event_rule, {}, "tidy-daily: pattern, schedule = (None, None): not valid; allowed: one of both"),
        (event_rule, {"pattern": {}, "schedule": "rate(1 day)"}, "tidy-daily: pattern, schedule = ({}, "),
        (
            event_rule,
            {"schedule": "every day"},
            "schedule = 'every day': not valid; allowed: rate(VALUE UNIT), or",
        ),
        (event_rule, {"schedule": "cron(0 7 * * ?)"}, "schedule = 'cron(0 7 * * ?)': not valid; "),
        (event_rule, {"schedule": "cron(0 7 * * * *)"}, "schedule = 'cron(0 7 * * * *)': not valid; "),
        (event_rule, {"schedule": "rate(1 days)"}, "schedule = 'rate(1 days)': not valid; "),
        (
            bucket,
            {"days": {"a/": 9, "a/b/": 5}},
            "documents: days = ['a/b/']: not valid; allowed: prefixes of",
        ),
        (bucket, {"days": {"a/": 0}}, "documents: days['a/'] = 0: not valid; allowed: at least 1"),
        (topic, {"addresses": "ops@example.com"}, "news: addresses = 'ops@example.com': not valid; allowed: a list of"),
        (queue, {"dead_letter_queue": "failures"}, "jobs: dead_letter_queue = 'failures': not valid; allowed: the ARN"),
        (
            queue,
            {"visibility_seconds": 59},
            "jobs: visibility_seconds = 59: not valid; allowed: at least the time",
        ),
        (queue, {}, "jobs: visibility_seconds = 30: not valid; "),
        (code, {"sources": ("handler",)}, "Code: sources = 'handler': not valid; allowed: files and folders in"),
        (
            code,
            {"entry": "handlers.tidi.app.handler"},
            "Code: entry = 'handlers.tidi.app.handler': not valid; ",
        ),
        (recorder, {"types": []}, "recorder: types = []: not valid; allowed: at least one type, or None for all"),
    ],
)
def test_argument_is_refused_with_what_is_allowed(
    workbench: Workbench, make: Callable[..., None], given: Any, refusal: str
) -> None:
    with pytest.raises(ArgumentError) as error:
        make(workbench, **given)
    assert refusal in str(error.value)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({}, "rules: criteria['rds-backup-retention-minimum'] = None: not valid; allowed: Criteria with minimum_days"),
        ({RULE.name: {"minimum_days": 7}}, "= {'minimum_days': 7}: not valid; allowed: Criteria with minimum_days"),
        ({RULE.name: criteria(minimum_days=99)}, ": minimum_days = 99: not valid; allowed: 1 to 35 days"),
        ({RULE.name: criteria(days=7)}, "= Criteria(values={'days': 7}, "),
        ({RULE.name: criteria(minimum_days=7, days=7)}, ": days = 7: not valid; allowed: "),
    ],
)
def test_criteria_are_those_that_settings_allow(workbench: Workbench, values: Any, refusal: str) -> None:
    with pytest.raises(ArgumentError) as error:
        rule(workbench, **values)
    assert refusal in str(error.value)


def test_valid_arguments_are_accepted(workbench: Workbench) -> None:
    event_rule(workbench, schedule="cron(0 7 * * ? *)")
    bucket(workbench, days={"a/": 9, "b/": 5})
    topic(workbench, addresses=["ops@example.com"])
    queue(workbench, visibility_seconds=60, dead_letter_queue=workbench.dead_letter_queue.arn)
    recorder(workbench, types=["AWS::S3::Bucket"])
    rule(workbench, **{RULE.name: criteria(minimum_days=7)})
    assert workbench.synthesized()


def test_values_that_only_terraform_knows_are_accepted(workbench: Workbench) -> None:
    text, number = (TerraformVariable(workbench.stack, name, type=name) for name in ("string", "number"))
    event_rule(workbench, schedule=text.string_value)
    bucket(workbench, days={"a/": number.number_value})
    queue(workbench, visibility_seconds=number.number_value, dead_letter_queue=text.string_value)
    recorder(workbench, types=TerraformVariable(workbench.stack, "types", type="list(string)").list_value)
    assert workbench.synthesized()


def test_criteria_of_organization_rules_are_checked_too(workbench: Workbench) -> None:
    with pytest.raises(ArgumentError, match="minimum_days = 99"):
        OrganizationRules(
            workbench.stack,
            "members",
            deployment=workbench.deployment,
            region="eu-west-1",
            rules={RULE.name: RULE},
            criteria={RULE.name: criteria(minimum_days=99)},
        )


def test_a_handler_in_a_package_is_found(workbench: Workbench) -> None:
    code(workbench, entry="handlers.tidy.handler")
    assert workbench.one("aws_lambda_function")["handler"] == "handlers.tidy.handler"
