"""The rules a function knows: every module of this folder declares one as RULE, and is found by being here.

A document that a function's archive has beside the modules says which of them the environment has, with AWS's managed
rules.
"""

import errno
import importlib
import pkgutil

from handlers.common.model import managed_rules as managed
from handlers.common.model.rule import Rule
from handlers.common.runtime.errors import ComplianceMonitorError


class DuplicateRuleError(ComplianceMonitorError, ValueError):
    """Two rules have the same name."""


def _found() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for rule in _in_force(_declared()):
        if rule.name in rules:
            raise DuplicateRuleError(f"there are two rules called {rule.name}")
        rules[rule.name] = rule
    return rules


def _declared() -> list[Rule]:
    modules = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{module}").RULE for module in modules]


def _in_force(declared: list[Rule]) -> list[Rule]:
    try:
        document = pkgutil.get_data(__name__, managed.FILE)
    except OSError as error:
        # An archive that lacks the file says so without a number (zipimport).
        if error.errno not in (0, errno.ENOENT):
            raise
        return declared
    return managed.from_json(document, declared) if document else declared


RULES: dict[str, Rule] = _found()
