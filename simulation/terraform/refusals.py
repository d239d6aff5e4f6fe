"""Errors that AWS returns for recorders, Config rules, functions or event patterns, but `terraform plan` does not."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from botocore.session import Session
from moto.config.models import MANAGED_RULES_CONSTRAINTS

from simulation.aws.sessions import shared
from simulation.terraform.context import Arguments, StackError, block

LONGEST_PATTERN = 2_048
"""Characters of an event pattern (Amazon EventBridge quotas; higher on request)."""

LARGEST_VARIABLES = 4_096
"""Bytes of a function's environment variables (Lambda quotas)."""

CHANGE_MESSAGES = ("ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification")


class PatternLengthError(StackError):
    """An event pattern is longer than EventBridge allows."""


class VariablesSizeError(StackError):
    """The environment variables of a function are larger than Lambda allows."""


class ResourceTypeError(StackError):
    """AWS Config does not record a resource type."""


class RuleTriggerError(StackError):
    """A Config rule has a frequency or a scope that its trigger type does not allow."""


def check_pattern(rule: str, pattern: str) -> None:
    """Raises PatternLengthError if an event pattern is too long."""
    if len(pattern) > LONGEST_PATTERN:
        setting = f"an event pattern of {len(pattern)} characters: {pattern[:60]}…"
        raise PatternLengthError(f"{rule}: {setting}: EventBridge allows {LONGEST_PATTERN}")


def check_variables(function: str, variables: Mapping[str, str]) -> None:
    """Raises VariablesSizeError if a function's environment variables are too large in total."""
    size = sum(len(name.encode()) + len(value.encode()) for name, value in variables.items())
    if size > LARGEST_VARIABLES:
        raise VariablesSizeError(
            f"{function}: environment variables of {size} bytes: Lambda allows {LARGEST_VARIABLES}"
        )


def check_types(name: str, types: Iterable[str]) -> None:
    """Raises ResourceTypeError if a recorder or a rule's scope has a type that AWS Config does not record."""
    unknown = sorted(set(types) - _recordable())
    if unknown:
        raise ResourceTypeError(f"{name}: AWS Config does not record {', '.join(unknown)}")


@cache
def _recordable() -> frozenset[str]:
    """Returns the resource types in the AWS Config API Reference."""
    shape: Any = shared(Session()).get_service_model("config").shape_for("ResourceType")
    return frozenset(shape.enum)


def check_trigger(arguments: Arguments) -> None:
    """Raises RuleTriggerError if a rule's settings do not match its trigger type."""
    source = block(arguments["source"])
    if source["owner"] == "AWS":
        _check_managed(arguments, source["source_identifier"])
    elif source["owner"] == "CUSTOM_POLICY":
        _check_policy(arguments, source)


def _check_managed(arguments: Arguments, identifier: str) -> None:
    """Checks both trigger settings of a managed rule, as PutConfigRule does."""
    # Rules with both triggers accept both settings. moto rejects unknown identifiers.
    trigger = MANAGED_RULES_CONSTRAINTS.get(identifier, {}).get("Trigger type", "")
    frequency, name = arguments.get("maximum_execution_frequency"), arguments["name"]
    if frequency and trigger and "Periodic" not in trigger:
        setting = f"maximum_execution_frequency {frequency}: only a change in resources triggers"
        raise RuleTriggerError(f"{name}: {setting} the managed rule {identifier}")
    if arguments.get("scope") and trigger == "Periodic":
        types = block(arguments["scope"]).get("compliance_resource_types", [])
        raise RuleTriggerError(f"{name}: scope {', '.join(types)}: the managed rule {identifier} is periodic only")


def _check_policy(arguments: Arguments, source: Arguments) -> None:
    """Raises RuleTriggerError for a periodic custom policy rule (AWS Config API Reference, Source and SourceDetail)."""
    declared = [arguments, *source["source_detail"]]
    for frequency in (each.get("maximum_execution_frequency") for each in declared):
        if frequency:
            setting = f"maximum_execution_frequency {frequency}: only changes trigger a custom policy rule"
            raise RuleTriggerError(f"{arguments['name']}: {setting}")
    for detail in source["source_detail"]:
        if detail["message_type"] not in CHANGE_MESSAGES:
            allowed = f"a custom policy rule allows {' and '.join(CHANGE_MESSAGES)}"
            raise RuleTriggerError(f"{arguments['name']}: message_type {detail['message_type']}: {allowed}")
