"""Budgets of names: a resource's name has parts of a rule's author and of an environment's file, and a maximum.

Each part has its own maximum, so that a long name of one does not shorten the other.
"""

from collections.abc import Iterator

from handlers.common.model.rule import Rule
from handlers.common.runtime.naming import physical_name
from settings import fields as values
from settings.fields import Problem
from settings.resource_names import NameKind

ENVIRONMENT_LENGTH = 24
"""Maximum number of characters of environment and suffix together."""

_HYPHENS = len(physical_name("", "", ""))

OWN_RULE_LENGTH = NameKind.CONFIG_RULE.longest - ENVIRONMENT_LENGTH - _HYPHENS
"""Maximum number of characters of an own rule's name."""

REMEDIATION_LENGTH = NameKind.EVENT_RULE.longest - ENVIRONMENT_LENGTH - _HYPHENS - len("remediate--on-window-99")
"""Maximum number of characters of a remediation's name; the name of an EventBridge rule is the longest with it."""


def longest_rule_name(environment: str, environment_suffix: str) -> int:
    """Returns the maximum number of characters of a managed rule's name with this environment and suffix."""
    return NameKind.CONFIG_RULE.longest - len(physical_name("", environment, environment_suffix))


def fitting(suffix: str, environment: str) -> str:
    """Returns the suffix; rejects one that is too long with the environment's name."""
    length = len(environment) + len(suffix)
    if length > ENVIRONMENT_LENGTH:
        allowed = f"together with environment at most {ENVIRONMENT_LENGTH} characters"
        raise values.refused(f"too long: with environment it has {length} characters", allowed)
    return suffix


def overlong(rule: Rule) -> Iterator[Problem]:
    """Yields the names of an own rule that are too long."""
    names = [("name", rule.name, OWN_RULE_LENGTH)]
    names += [("remediation's name", rule.remediation.name, REMEDIATION_LENGTH)] if rule.remediation else []
    for what, name, most in names:
        if len(name) > most:
            allowed = f"at most {most}: a shorter one in the rule's folder"
            yield Problem(("rules", rule.name), name, f"the rule's {what} has {len(name)} characters", allowed)
