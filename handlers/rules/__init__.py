"""The registry of rules: each folder declares one, as RULE in its `rule.py`.

In a function's archive a document beside the folders has the enabled rules, including AWS managed rules.
"""

import errno
import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

from handlers.common.model import managed_rules as managed
from handlers.common.model.rule import Rule
from handlers.common.runtime.errors import ComplianceMonitorError


class DuplicateRuleError(ComplianceMonitorError, ValueError):
    """Two rules have the same name."""


class UndeclaredRuleError(ComplianceMonitorError, ImportError):
    """A folder declares no rule, or its module cannot be imported."""


def _load() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for rule in _enabled(_declared()):
        if rule.name in rules:
            raise DuplicateRuleError(f"there are two rules called {rule.name}: give one of them another name")
        rules[rule.name] = rule
    return rules


def _declared() -> list[Rule]:
    return [_of(folder) for folder in sorted(module.name for module in pkgutil.iter_modules(__path__))]


def _of(folder: str) -> Rule:
    module = f"{__name__}.{folder}.rule"
    try:
        rule: Rule = importlib.import_module(module).RULE
    except (AttributeError, ModuleNotFoundError) as error:
        if error.name not in (module, "RULE"):
            raise UndeclaredRuleError(_broken(folder, error)) from error
        raise UndeclaredRuleError(f"the rule folder {folder} needs a file rule.py that declares RULE") from error
    except Exception as error:
        raise UndeclaredRuleError(_broken(folder, error)) from error
    if not isinstance(rule, Rule):
        raise UndeclaredRuleError(f"the rule folder {folder} declares a RULE that is not a Rule")
    return rule


def _broken(folder: str, error: Exception) -> str:
    """Returns what is wrong with a rule's module, in one line."""
    what = f"the rule folder {folder} cannot be imported: {type(error).__name__}: {error}"
    package = __name__.removesuffix(".rules")
    missing = str(error.name).partition(".")[0] if isinstance(error, ModuleNotFoundError) else None
    # The rule may be a copy of one of the repository, in which this package has no prefix.
    return f"{what}; import from {package}" if missing == "handlers" != package else what


def _enabled(declared: list[Rule]) -> list[Rule]:
    try:
        document = pkgutil.get_data(__name__, managed.FILE)
    except OSError as error:
        # zipimport raises OSError without errno for a missing file.
        if error.errno not in (0, errno.ENOENT):
            raise
        return declared
    return managed.from_json(document, declared) if document else declared


RULES: dict[str, Rule] = _load()


def rules_from(folder: Path, check: Callable[[Rule], None] = lambda _rule: None) -> None:
    """Adds the rules of a folder outside this package, each a folder like those here; nothing if it does not exist.

    Raises DuplicateRuleError, UndeclaredRuleError or the error of `check`, and then adds none. Their modules are found
    as if they were here, also in the functions' archives.
    """
    if folder.is_dir() and str(folder) not in __path__:
        _check_names(folder)
        __path__.append(str(folder))
        try:
            rules = _load()
            for name in rules.keys() - RULES.keys():
                check(rules[name])
        except ComplianceMonitorError:
            __path__.remove(str(folder))
            raise
        RULES.clear()
        RULES.update(rules)


def _check_names(folder: Path) -> None:
    """Raises an error for a file that is not a rule's folder, and for a folder with the name of one here."""
    here = {module.name for module in pkgutil.iter_modules(__path__)}
    for module in pkgutil.iter_modules([str(folder)]):
        if not module.ispkg:
            form = "a folder with __init__.py, rule.py, policy.guard and cases.json"
            raise UndeclaredRuleError(f"the file {module.name}.py is not in a rule's folder; a rule is {form}")
        if module.name in here:
            raise DuplicateRuleError(f"there are two rule folders called {module.name}: rename the one in {folder}")
