"""Which remediations there are, and what their scopes may name."""

from handlers.common.remediation import Mode, Remediation
from handlers.rules import RULES
from modules import values
from modules.tables import RemediationSettings


def remediations() -> dict[str, Remediation]:
    """The rules that have a remediation."""
    return {name: rule.remediation for name, rule in RULES.items() if rule.remediation is not None}


def scope_problems(rule: str, remediation: Remediation, chosen: RemediationSettings) -> list[values.Problem]:
    """What is wrong with the scope of a rule's remediation."""
    found = [
        values.Problem((rule, "scope", index), name, "no name of a single resource", remediation.scope_description)
        for index, name in enumerate(chosen.scope)
        if remediation.scope_pattern.fullmatch(name) is None
    ]
    if Mode(chosen.mode).writes and not chosen.scope:
        what, allowed = f"nothing to {chosen.mode}: the scope is empty", "at least one name in scope, or mode plan"
        found.append(values.Problem((rule, "scope"), [], what, allowed))
    return found
