"""What AWS refuses of a recorder, a Config rule and an event pattern, although Terraform plans it."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from botocore.session import Session
from moto.config.models import MANAGED_RULES_CONSTRAINTS

from simulation.aws.sessions import shared
from simulation.terraform.context import Arguments, StackError, block

LONGEST_PATTERN = 2_048
"""Characters of an event pattern (Amazon EventBridge quotas; higher on request)."""

CHANGE_MESSAGES = ("ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification")


class PatternLengthError(StackError):
    """An event pattern is longer than EventBridge takes."""


class ResourceTypeError(StackError):
    """AWS Config does not record a resource type."""


class RuleTriggerError(StackError):
    """A Config rule has a frequency or a scope that does not go with its trigger."""


def check_pattern(rule: str, pattern: str) -> None:
    """Raises PatternLengthError."""
    if len(pattern) > LONGEST_PATTERN:
        what = f"an event pattern of {len(pattern)} characters: {pattern[:60]}…"
        raise PatternLengthError(f"{rule}: {what}: EventBridge takes {LONGEST_PATTERN}")


def check_types(name: str, types: Iterable[str]) -> None:
    """Raises ResourceTypeError where a recorder or a rule's scope names what AWS Config does not record."""
    unknown = sorted(set(types) - _recordable())
    if unknown:
        raise ResourceTypeError(f"{name}: AWS Config does not record {', '.join(unknown)}")


@cache
def _recordable() -> frozenset[str]:
    """Returns the resource types of the AWS Config API Reference."""
    shape: Any = shared(Session()).get_service_model("config").shape_for("ResourceType")
    return frozenset(shape.enum)


def check_trigger(arguments: Arguments) -> None:
    """Raises RuleTriggerError."""
    source = block(arguments["source"])
    if source["owner"] == "AWS":
        _check_managed(arguments, source["source_identifier"])
    elif source["owner"] == "CUSTOM_POLICY":
        _check_policy(arguments, source)


def _check_managed(arguments: Arguments, identifier: str) -> None:
    """Checks both trigger settings of a managed rule, as PutConfigRule does."""
    # Rules with both triggers take both settings. What moto has not is refused by moto.
    trigger = MANAGED_RULES_CONSTRAINTS.get(identifier, {}).get("Trigger type", "")
    frequency, name = arguments.get("maximum_execution_frequency"), arguments["name"]
    if frequency and trigger and "Periodic" not in trigger:
        what = f"maximum_execution_frequency {frequency}: only a change in resources triggers"
        raise RuleTriggerError(f"{name}: {what} the managed rule {identifier}")
    if arguments.get("scope") and trigger == "Periodic":
        types = block(arguments["scope"]).get("compliance_resource_types", [])
        raise RuleTriggerError(f"{name}: scope {', '.join(types)}: the managed rule {identifier} is periodic only")


def _check_policy(arguments: Arguments, source: Arguments) -> None:
    """Only changes trigger custom policy rules (AWS Config API Reference, Source and SourceDetail)."""
    found = [arguments, *source["source_detail"]]
    for frequency in (each.get("maximum_execution_frequency") for each in found):
        if frequency:
            what = f"maximum_execution_frequency {frequency}: only changes trigger a custom policy rule"
            raise RuleTriggerError(f"{arguments['name']}: {what}")
    for detail in source["source_detail"]:
        if detail["message_type"] not in CHANGE_MESSAGES:
            what = f"message_type {detail['message_type']}: a custom policy rule takes {' and '.join(CHANGE_MESSAGES)}"
            raise RuleTriggerError(f"{arguments['name']}: {what}")
