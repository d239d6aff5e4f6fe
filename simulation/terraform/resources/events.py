"""EventBridge buses, rules and their targets."""

from typing import Any

from simulation.terraform import refusals
from simulation.terraform.context import Arguments, Attributes, Maker, Place, block


def bus(place: Place, arguments: Arguments) -> Attributes:
    answer = place.client("events").create_event_bus(Name=arguments["name"], Tags=place.tag_list())
    return {"arn": answer["EventBusArn"], "id": arguments["name"]}


def bus_policy(place: Place, arguments: Arguments) -> Attributes:
    place.client("events").put_permission(EventBusName=arguments["event_bus_name"], Policy=arguments["policy"])
    return {"id": arguments["event_bus_name"]}


def on_bus(arguments: Arguments) -> dict[str, Any]:
    """Returns the argument for the event bus of a rule or a target, unless it is the default bus."""
    return {"EventBusName": arguments["event_bus_name"]} if "event_bus_name" in arguments else {}


def rule(place: Place, arguments: Arguments) -> Attributes:
    pattern, schedule = arguments.get("event_pattern"), arguments.get("schedule_expression")
    refusals.check_pattern(arguments["name"], pattern or "")
    trigger = {"EventPattern": pattern, "ScheduleExpression": schedule}
    answer = place.client("events").put_rule(
        Name=arguments["name"],
        State=arguments["state"],
        Tags=place.tag_list(),
        **{name: value for name, value in trigger.items() if value},
        **on_bus(arguments),
    )
    return {"arn": answer["RuleArn"], "id": arguments["name"]}


def target(place: Place, arguments: Arguments) -> Attributes:
    retries = block(arguments["retry_policy"])
    entry = {
        "Id": arguments["target_id"],
        "Arn": arguments["arn"],
        "RetryPolicy": {
            "MaximumRetryAttempts": retries["maximum_retry_attempts"],
            "MaximumEventAgeInSeconds": retries["maximum_event_age_in_seconds"],
        },
    }
    if "dead_letter_config" in arguments:
        entry["DeadLetterConfig"] = {"Arn": block(arguments["dead_letter_config"])["arn"]}
    if "role_arn" in arguments:
        entry["RoleArn"] = arguments["role_arn"]
    place.client("events").put_targets(Rule=arguments["rule"], Targets=[entry], **on_bus(arguments))
    return {}


MAKERS: dict[str, Maker] = {
    "aws_cloudwatch_event_bus": bus,
    "aws_cloudwatch_event_bus_policy": bus_policy,
    "aws_cloudwatch_event_rule": rule,
    "aws_cloudwatch_event_target": target,
}

# PutRule and PutPermission create and update.
CHANGERS: dict[str, Maker] = {"aws_cloudwatch_event_bus_policy": bus_policy, "aws_cloudwatch_event_rule": rule}
