"""Event patterns and schedules of the deployed system."""

import json

from settings.model import Settings
from settings.remediation import remediations
from tests.support.resources import Document, of_type

Environments = dict[str, Settings]


def test_other_regions_forward_changes_to_the_home_bus(
    document: Document, environments: Environments, environment: str
) -> None:
    settings = environments[environment]
    away = set(settings.monitored_regions) - {settings.home_region}
    targets = [found for found in of_type(document, "aws_cloudwatch_event_target").values() if "role_arn" in found]
    bus = f"arn:aws:events:eu-west-1:{settings.account_id}:event-bus/default"
    assert {found["region"] for found in targets} == away
    assert {found["arn"] for found in targets} == ({bus} if away else set())
    for found in targets:
        assert found["retry_policy"] == {"maximum_event_age_in_seconds": 86400, "maximum_retry_attempts": 185}


def test_patterns_name_our_rules_only(document: Document, environment: str) -> None:
    ours = {found["name"] for found in of_type(document, "aws_config_config_rule").values()}
    event_rules = of_type(document, "aws_cloudwatch_event_rule").values()
    patterns = [json.loads(found["event_pattern"]) for found in event_rules if "event_pattern" in found]
    assert len(patterns) >= 4
    for pattern in patterns:
        assert pattern["account"] == document["provider"]["aws"][0]["allowed_account_ids"]
    changes = [pattern for pattern in patterns if "configRuleName" in pattern.get("detail", {})]
    assert len(changes) >= 2
    for pattern in changes:
        assert set(pattern["detail"]["configRuleName"]) <= ours


def test_the_default_bus_brings_what_aws_says_and_the_own_bus_what_the_report_says(document: Document) -> None:
    (policy,) = of_type(document, "aws_cloudwatch_event_bus_policy")
    sources: dict[str, set[str]] = {}
    for found in of_type(document, "aws_cloudwatch_event_rule").values():
        if "event_pattern" in found:
            said = json.loads(found["event_pattern"])["source"]
            sources.setdefault(found.get("event_bus_name", "default"), set()).update(said)
    own = sources.pop(f"${{{policy}.event_bus_name}}")  # by the policy's argument: no rule is there without it
    assert own == {"compliance-monitor"}
    assert sources.keys() == {"default"}
    assert all(source.startswith("aws.") for source in sources["default"]), (
        "only AWS services send events with these sources"
    )


def test_each_target_is_on_its_rule_s_bus(document: Document) -> None:
    rules = of_type(document, "aws_cloudwatch_event_rule")
    for target in of_type(document, "aws_cloudwatch_event_target").values():
        rule = rules[target["rule"].removeprefix("${").removesuffix(".name}")]
        assert target.get("event_bus_name") == rule.get("event_bus_name")


def test_no_one_but_the_report_puts_events_to_the_own_bus(document: Document, environment: str) -> None:
    (found,) = of_type(document, "aws_cloudwatch_event_bus_policy").values()
    (bus,) = of_type(document, "aws_cloudwatch_event_bus")
    account = document["provider"]["aws"][0]["allowed_account_ids"][0]
    role = f"arn:aws:iam::{account}:role/report-{environment}-ew1"
    assert json.loads(found["policy"])["Statement"] == [
        {
            "Sid": "DenyEventsOfOthers",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["events:PutEvents"],
            "Resource": [f"${{{bus}.arn}}"],
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": [role]}},
        }
    ]
    rights = of_type(document, "aws_iam_role_policy").values()
    (role_name,) = {each["role"] for each in rights if f"${{{bus}.arn}}" in each["policy"]}
    assert document["resource"]["aws_iam_role"][role_name.split(".")[1]]["name"] == f"report-{environment}-ew1"


def test_what_comes_every_six_hours_comes_in_its_order(
    documents: dict[str, Document],
) -> None:
    schedules = {
        found["name"]: found["schedule_expression"]
        for document in documents.values()
        for found in of_type(document, "aws_cloudwatch_event_rule").values()
        if "schedule_expression" in found
    }
    six_hourly = {
        "dev": {
            "evaluate": "cron(15 0,6,12,18 * * ? *)",
            "report": "cron(45 0,6,12,18 * * ? *)",
            "remediate": "cron(0 1,7,13,19 * * ? *)",
            "notify": "cron(15 1,7,13,19 * * ? *)",
        },
        "prod": {
            "evaluate": "cron(45 0,6,12,18 * * ? *)",
            "report": "cron(15 1,7,13,19 * * ? *)",
            "remediate": "cron(30 1,7,13,19 * * ? *)",
            "notify": "cron(45 1,7,13,19 * * ? *)",
        },
    }
    assert schedules.pop("score-on-schedule-dev-ew1") == "cron(0 7 * * ? *)"
    assert schedules.pop("score-on-schedule-prod-ew1") == "cron(30 5 * * ? *)"
    assert schedules.pop("score-again-on-schedule-dev-ew1") == "cron(0 9 * * ? *)"
    assert schedules.pop("score-again-on-schedule-prod-ew1") == "cron(30 7 * * ? *)"
    assert schedules.pop("summarize-on-schedule-dev-ew1") == "cron(0 10 * * ? *)"
    assert schedules.pop("summarize-on-schedule-prod-ew1") == "cron(30 8 * * ? *)"
    windows = {name: schedules.pop(name) for name in list(schedules) if "-on-window-" in name}
    assert sorted(windows.values()) == ["cron(0 2 ? * SAT *)", "cron(0 2 ? * SUN *)"]
    assert len(schedules) == 2 * (1 + 1 + 1 + len(list(remediations())))
    for name, expression in schedules.items():
        assert expression == six_hourly[name.split("-")[-2]][name.partition("-")[0]], name
