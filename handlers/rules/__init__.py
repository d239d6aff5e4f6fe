"""The registry of rules: every module of this folder declares one as RULE, and is found by being here."""

import importlib
import pkgutil

from handlers.common.rule import Rule


class DuplicateRuleError(ValueError):
    """Two modules declare a rule of the same name."""


def _found() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        rule: Rule = importlib.import_module(f"{__name__}.{module.name}").RULE
        if rule.name in rules:
            raise DuplicateRuleError(f"handlers/rules/{module.name}.py declares {rule.name}, which exists already")
        rules[rule.name] = rule
    return rules


RULES: dict[str, Rule] = _found()
