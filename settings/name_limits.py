"""Maximum lengths of environment and environment suffix, given the names of resources."""

from handlers.common.runtime.naming import physical_name
from handlers.rules import RULES
from settings import fields as values
from settings.remediation import remediations
from settings.resource_names import NameKind


def longest_names() -> list[tuple[str, NameKind]]:
    """Returns the names that limit environment and suffix most; every other name is shorter."""
    rules = [(name, NameKind.CONFIG_RULE) for name in RULES]
    return rules + [(f"remediate-{each.name}-on-window-99", NameKind.EVENT_RULE) for each in remediations().values()]


def available_length(name: tuple[str, NameKind]) -> int:
    """Returns the maximum number of characters of environment and suffix together."""
    resource_type, kind = name
    return kind.longest - len(physical_name(resource_type, "", ""))


def longest_rule_name(environment: str, environment_suffix: str) -> int:
    """Returns the maximum number of characters of a rule's name with this environment and suffix."""
    return NameKind.CONFIG_RULE.longest - len(physical_name("", environment, environment_suffix))


def fitting(suffix: str, environment: str) -> str:
    """Returns the suffix; rejects one that makes a name too long."""
    resource_type, kind = min(longest_names(), key=available_length)
    name = physical_name(resource_type, environment, suffix)
    if len(name) > kind.longest:
        what = f"too long: the name {name} would have {len(name)} characters, limit {kind.longest}"
        allowed = f"together with environment at most {available_length((resource_type, kind))} characters"
        raise values.refused(what, allowed)
    return suffix
