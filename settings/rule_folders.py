"""Checks of the folders of own rules, whose mistakes no environment's file can correct."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from pydantic import ValidationError

from handlers import rules as registry
from handlers.common.model import guard
from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Guard, Rule
from handlers.common.runtime.naming import PACKAGE
from settings import RULES_PROBLEM
from settings.catalogue import recordable
from settings.errors import SettingsError
from settings.fields import NAME, NAME_WORDS, Problem, similar
from settings.own_rules import allowed_default
from settings.rule_cases import FILE, cases_of

ARN_NAMES = frozenset({"account", "name", "partition", "region"})
"""The names in the template of a permission's ARN."""


def require() -> None:
    """Raises SettingsError if the rules of the project's folder cannot be used."""
    if RULES_PROBLEM:
        raise SettingsError(" ".join(RULES_PROBLEM.splitlines()))


def problems(rules: Mapping[str, Rule], criteria: Mapping[str, Criteria]) -> Iterator[Problem]:
    """Yields the problems of files that are missing or do not fit the rule."""
    for name, rule in rules.items():
        if re.fullmatch(NAME, name) is None:
            yield Problem(("rules",), name, "not a valid name of a rule", NAME_WORDS)
        if isinstance(rule.source, Guard):
            yield from _folder(rule, rule.source)
            yield from _defaults(rule, rule.source)
            yield from _policy(rule, rule.source, criteria[name])
            yield from _cases(rule, rule.source)
            yield from _types(rule, rule.source)
            yield from _imports(rule, rule.source)
    yield from _remediations(rules)


def ignored() -> Iterator[Problem]:
    """Yields folders that Python does not take for packages: without an error the rule would not be deployed."""
    for file in sorted(file for folder in registry.__path__ for file in Path(folder).glob("*/rule.py")):
        if not file.with_name("__init__.py").exists():
            yield _missing(("rules",), file.parent.name, "__init__.py")


def _folder(rule: Rule, source: Guard) -> Iterator[Problem]:
    """Yields a name that is not the folder's: the archive of the remediation has the folder of the rule's name."""
    folder, named = source.policy.parent.name, rule.name.replace("-", "_")
    if folder != named and re.fullmatch(NAME, rule.name):
        yield Problem(("rules", rule.name), folder, "the rule's folder has another name", named)


def _defaults(rule: Rule, source: Guard) -> Iterator[Problem]:
    for each in source.settings:
        if (allowed := allowed_default(each)) is not None:
            yield Problem(("rules", rule.name, each.name), each.default, "the default is not an allowed value", allowed)


def _remediations(rules: Mapping[str, Rule]) -> Iterator[Problem]:
    """Yields names of two remediations, and names in the ARNs of permissions that are not replaced."""
    found: dict[str, str] = {}
    for rule, remediation in ((name, rule.remediation) for name, rule in rules.items() if rule.remediation):
        if (other := found.setdefault(remediation.name, rule)) != rule:
            what = f"also the name of the remediation of {other}"
            yield Problem(("rules", rule), remediation.name, what, "a name of its own, in remediation.py")
        for permission in (*remediation.reads, *remediation.writes):
            names = {name for _, name, _, _ in Formatter().parse(permission.arn) if name is not None}
            for unknown in sorted(names - ARN_NAMES):
                what = f"is not replaced in the ARN of the permission {permission.sid}"
                yield Problem(
                    ("rules", rule), f"{{{unknown}}}", what, ", ".join(f"{{{each}}}" for each in sorted(ARN_NAMES))
                )


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


def _types(rule: Rule, source: Guard) -> Iterator[Problem]:
    """Yields resource types that AWS Config does not record: it refuses a recorder with them."""
    for kind in source.resource_types:
        if kind not in recordable():
            allowed = similar(kind, recordable(), "types that AWS Config records, as AWS::S3::Bucket")
            yield Problem(("rules", rule.name), kind, "the rule needs a type that AWS Config does not record", allowed)


def _imports(rule: Rule, source: Guard) -> Iterator[Problem]:
    """Yields imports of packages that the functions' archives do not have: the functions could not start."""
    own, others = f"{PACKAGE}handlers", {"boto3", "botocore", *sys.stdlib_module_names}
    for file, modules in _imports_of(source.policy.parent):
        for module in modules:
            if module.partition(".")[0] not in others and not f"{module}.".startswith(f"{own}."):
                what = f"{file.parent.name}/{file.name} imports a package that the functions do not have"
                allowed = f"{own}, boto3, botocore and the standard library"
                yield Problem(("rules", rule.name), module, what, allowed)


@cache
def _imports_of(folder: Path) -> list[tuple[Path, list[str]]]:
    """Returns the modules that each file imports. A process reads the files once, for all environments."""
    files = sorted(folder.glob("*.py"))
    return [(file, list(imported(ast.parse(file.read_text(encoding="utf-8"))))) for file in files]


def imported(node: ast.AST) -> Iterator[str]:
    """Yields the modules that a file imports, except those that only type checkers read."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
    for inner in ast.iter_child_nodes(node):
        yield from imported(inner)


def _missing(at: tuple[str, ...], folder: str, file: str) -> Problem:
    allowed = "__init__.py, rule.py, policy.guard and cases.json in a rule's folder"
    return Problem(at, file, f"the rule folder {folder} has no such file", allowed)
