"""How much room the names of what is deployed leave to environment and environment suffix."""

from handlers.common.runtime.naming import physical_name
from handlers.rules import RULES
from settings import fields as values
from settings.remediation import remediations
from settings.resource_names import NameKind


def longest_names() -> list[tuple[str, NameKind]]:
    """Returns the names that leave the least room for environment and suffix; every other name is shorter."""
    rules = [(name, NameKind.CONFIG_RULE) for name in RULES]
    return rules + [(f"remediate-{each.name}-on-window-99", NameKind.EVENT_RULE) for each in remediations().values()]


def room(name: tuple[str, NameKind]) -> int:
    """Returns the characters that a name leaves to environment and suffix together."""
    resource_type, kind = name
    return kind.longest - len(physical_name(resource_type, "", ""))


def longest_rule_name(environment: str, environment_suffix: str) -> int:
    """Returns the characters that environment and suffix leave to the name of a rule."""
    return NameKind.CONFIG_RULE.longest - len(physical_name("", environment, environment_suffix))


def fitting(suffix: str, environment: str) -> str:
    """Returns the suffix itself; refuses one that makes a name too long."""
    resource_type, kind = min(longest_names(), key=room)
    name = physical_name(resource_type, environment, suffix)
    if len(name) > kind.longest:
        what = f"too long: the name {name} would have {len(name)} characters of {kind.longest}"
        allowed = f"together with environment at most {room((resource_type, kind))} characters"
        raise values.refused(what, allowed)
    return suffix
