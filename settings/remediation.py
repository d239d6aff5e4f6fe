"""Checks of remediation settings."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from handlers.common.model.remediation import Mode, Remediation
from handlers.rules import RULES
from settings import fields as values
from settings.own_rules import RuleSettings
from settings.sections import RemediationSettings


def remediations() -> dict[str, Remediation]:
    """Returns the remediations by rule."""
    return {name: rule.remediation for name, rule in RULES.items() if rule.remediation is not None}


Remediations = Annotated[
    Mapping[str, RemediationSettings], Field(json_schema_extra={"propertyNames": {"enum": list(remediations())}})
]


def chosen(given: Mapping[str, RemediationSettings], rules: RuleSettings | None) -> dict[str, RemediationSettings]:
    """Returns the remediation settings of each enabled rule, given or default; rejects invalid ones."""
    known = remediations()
    disabled = {name for name in known if rules is not None and not rules.of(name).enabled}
    found = [
        values.Problem((name,), name, "not a rule with a remediation", ", ".join(known))
        for name in given
        if name not in known
    ]
    complete = {name: given.get(name, RemediationSettings()) for name in known}
    for name, remediation in known.items():
        found += _scope_problems(name, remediation, complete[name])
    found += [
        values.Problem((name, "mode"), given[name].mode, "the rule is not enabled", f'"{Mode.OFF}"')
        for name in sorted(disabled & given.keys())
        if given[name].mode != Mode.OFF
    ]
    if found:
        raise values.refused_all(found)
    return {name: each for name, each in complete.items() if name not in disabled}


def _scope_problems(rule: str, remediation: Remediation, chosen: RemediationSettings) -> list[values.Problem]:
    """Returns the problems of a remediation's scope."""
    found = [
        values.Problem((rule, "scope", index), name, "not the name of a single resource", remediation.scope_description)
        for index, name in enumerate(chosen.scope)
        if remediation.scope_pattern.fullmatch(name) is None
    ]
    if Mode(chosen.mode).writes and not chosen.scope:
        what, allowed = f"the scope is empty with mode {chosen.mode}", "at least one name in scope, or mode plan"
        found.append(values.Problem((rule, "scope"), [], what, allowed))
    return found
