"""The one way a resource gets its physical name, and a Config rule its place in the registry back."""

from collections.abc import Mapping
from typing import TypeVar

R = TypeVar("R")


class UnknownRuleError(LookupError):
    """A Config rule that no module of the registry declares."""


def physical_name(resource_type: str, environment: str, environment_suffix: str) -> str:
    """`<resource-type>-<environment>-<environment suffix>`, for example `alerts-critical-prod-ew1`."""
    return f"{resource_type}-{environment}-{environment_suffix}"


def rule_of(config_rule_name: str, rules: Mapping[str, R], environment: str, environment_suffix: str) -> R:
    """The registry's rule that is deployed under this Config rule name; raises UnknownRuleError for any other."""
    for name, rule in rules.items():
        if physical_name(name, environment, environment_suffix) == config_rule_name:
            return rule
    raise UnknownRuleError(f"Config rule {config_rule_name!r} is none of this environment's rules: {', '.join(rules)}")
