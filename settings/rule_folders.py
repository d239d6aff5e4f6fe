"""Checks of the folders of own rules, whose mistakes no environment's file can correct."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from handlers import rules as registry
from handlers.common.model import guard
from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Guard, Rule
from settings.fields import Problem
from settings.rule_cases import FILE, cases_of


def problems(rules: Mapping[str, Rule], criteria: Mapping[str, Criteria]) -> Iterator[Problem]:
    """Yields the problems of files that are missing or do not fit the rule."""
    yield from _ignored()
    for name, rule in rules.items():
        if isinstance(rule.source, Guard):
            yield from _policy(rule, rule.source, criteria[name])
            yield from _cases(rule, rule.source)


def _ignored() -> Iterator[Problem]:
    """Yields folders that Python does not take for packages: without an error the rule would not be deployed."""
    for file in sorted(file for folder in registry.__path__ for file in Path(folder).glob("*/rule.py")):
        if not file.with_name("__init__.py").exists():
            yield _missing(("rules",), file.parent.name, "__init__.py")


def _policy(rule: Rule, source: Guard, criteria: Criteria) -> Iterator[Problem]:
    try:
        values = source.values(criteria)
    except KeyError as error:
        what = "the rule's function of policy values reads a setting that the rule does not declare"
        yield Problem(("rules", rule.name), error.args[0], what, _names(each.name for each in source.settings))
        return
    try:
        guard.render(source.policy, values)
    except FileNotFoundError:
        yield _missing(("rules", rule.name), source.policy.parent.name, source.policy.name)
    except KeyError as error:
        what = "the rule's policy needs a value that the rule does not declare"
        yield Problem(
            ("rules", rule.name), f"@{error.args[0]}", what, _names(f"@{each}" for each in (*values, "not_deleted"))
        )
    except ValueError as error:
        what = f"the rule's policy has an @ without a name: {error}"
        yield Problem(("rules", rule.name), source.policy.name, what, "@name, and @@ for the character itself")


def _names(names: Iterator[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _cases(rule: Rule, source: Guard) -> Iterator[Problem]:
    try:
        cases_of(rule)
    except FileNotFoundError:
        yield _missing(("rules", rule.name), source.policy.parent.name, FILE)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"])) or "the file"
        what = f"the rule's cases are not valid: {at}: {first['msg']}"
        yield Problem(("rules", rule.name), FILE, what, "a list of cases, each with why, expected and item")


def _missing(at: tuple[str, ...], folder: str, file: str) -> Problem:
    allowed = "__init__.py, rule.py, policy.guard and cases.json in a rule's folder"
    return Problem(at, file, f"the rule folder {folder} has no such file", allowed)
