"""EventBridge rules and their targets."""

from simulation.loader import refusals
from simulation.loader.place import Arguments, Attributes, Maker, Place, block


def rule(place: Place, arguments: Arguments) -> Attributes:
    pattern, schedule = arguments.get("event_pattern"), arguments.get("schedule_expression")
    refusals.check_pattern(arguments["name"], pattern or "")
    trigger = {"EventPattern": pattern, "ScheduleExpression": schedule}
    answer = place.client("events").put_rule(
        Name=arguments["name"],
        State=arguments["state"],
        Tags=place.tag_list(),
        **{name: value for name, value in trigger.items() if value},
    )
    return {"arn": answer["RuleArn"], "id": arguments["name"]}


def target(place: Place, arguments: Arguments) -> Attributes:
    retries = block(arguments["retry_policy"])
    wanted = {
        "Id": arguments["target_id"],
        "Arn": arguments["arn"],
        "RetryPolicy": {
            "MaximumRetryAttempts": retries["maximum_retry_attempts"],
            "MaximumEventAgeInSeconds": retries["maximum_event_age_in_seconds"],
        },
    }
    if "dead_letter_config" in arguments:
        wanted["DeadLetterConfig"] = {"Arn": block(arguments["dead_letter_config"])["arn"]}
    if "role_arn" in arguments:
        wanted["RoleArn"] = arguments["role_arn"]
    place.client("events").put_targets(Rule=arguments["rule"], Targets=[wanted])
    return {}


MAKERS: dict[str, Maker] = {"aws_cloudwatch_event_rule": rule, "aws_cloudwatch_event_target": target}

CHANGERS: dict[str, Maker] = {"aws_cloudwatch_event_rule": rule}  # PutRule makes and changes
