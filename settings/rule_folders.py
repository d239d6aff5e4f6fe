"""Checks of the folders of own rules, whose mistakes no environment's file can correct."""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from string import Formatter

from handlers import rules as registry
from handlers.common.model import guard
from handlers.common.model.remediation import Remediation
from handlers.common.model.rule import Guard, Rule
from handlers.common.runtime.naming import PACKAGE
from handlers.rules import RULES
from settings import RULES_PROBLEM, rule_declaration
from settings.catalogue import recordable
from settings.errors import SettingsError, line, place
from settings.fields import Problem, similar
from settings.own_rules import allowed_default
from settings.rule_cases import FILE, RuleCase, case_problems, cases_of

ARN_NAMES = frozenset({"account", "name", "partition", "region"})
"""The names in the template of a permission's ARN."""

REMEDIATION = "remediation.py"
Cases = tuple[RuleCase, ...]
FILES = "__init__.py, rule.py, policy.guard and cases.json in a rule's folder"


def require() -> None:
    """Raises SettingsError if the rules cannot be used: one line for each problem, with the file."""
    if RULES_PROBLEM:
        raise SettingsError(" ".join(RULES_PROBLEM.splitlines()))
    if found := [line(place(file, problem), problem) for file, problem in problems(RULES.values())]:
        raise SettingsError("\n".join(found))


def problems(rules: Iterable[Rule]) -> Iterator[tuple[Path, Problem]]:
    """Yields the problems of the rules' folders, each with its file."""
    yield from _ignored()
    own = [(rule, rule.source) for rule in rules if isinstance(rule.source, Guard)]
    for rule, source in own:
        folder = source.policy.parent
        found = _readable(folder / FILE, partial(case_problems, rule))
        yield from ((folder / FILE, problem) for problem in found)
        cases = () if found else cases_of(rule)
        for file, check in (
            (rule_declaration.DECLARATION, partial(_declaration, rule, source, cases)),
            (source.policy.name, partial(_policy, rule, source, cases)),
            (REMEDIATION, partial(_remediation, rule, cases)),
        ):
            yield from ((folder / file, problem) for problem in _readable(folder / file, check))
        yield from _imports(folder)
    yield from _same_names([rule for rule, _ in own])


def _readable(file: Path, check: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """Returns the problems of a file, or that it is missing."""
    try:
        return list(check())
    except FileNotFoundError:
        return [Problem((), None, f"the rule folder {file.parent.name} has no such file", FILES)]


def _ignored() -> Iterator[tuple[Path, Problem]]:
    """Yields folders that Python does not take for packages: without an error the rule would not be deployed."""
    for file in sorted(file for folder in registry.__path__ for file in Path(folder).glob("*/rule.py")):
        if not (expected := file.with_name("__init__.py")).exists():
            yield expected, Problem((), None, f"the rule folder {file.parent.name} has no such file", FILES)


def _declaration(rule: Rule, source: Guard, cases: Cases) -> Iterator[Problem]:
    """Yields what is wrong with the declaration itself, and where it does not fit the folder or AWS Config."""
    found = list(rule_declaration.problems(rule))
    yield from found
    # The archive of the remediation has the folder of the rule's name.
    folder, named = source.policy.parent.name, rule.name.replace("-", "_")
    if folder != named and not found:
        yield Problem(("name",), rule.name, f"the rule's folder has another name, {folder}", folder.replace("_", "-"))
    for each in source.settings:
        if (allowed := allowed_default(each)) is not None:
            yield Problem((each.name, "default"), each.default, "the default is not an allowed value", allowed)
    for kind in source.resource_types:
        if kind not in recordable():
            allowed = similar(kind, recordable(), "types that AWS Config records, as AWS::S3::Bucket")
            yield Problem(("needs",), kind, "the rule needs a type that AWS Config does not record", allowed)
    if isinstance(error := _values(rule, source, cases), KeyError):
        yield _undeclared(error, source, "the function of policy values")


def _values(rule: Rule, source: Guard, cases: Cases) -> Mapping[str, str] | KeyError | None:
    """Returns the policy's values with the settings of the first case, or the error for an undeclared setting."""
    try:
        return next((source.values(case.criteria(rule)) for case in cases), None)
    except KeyError as error:
        return error


def _policy(rule: Rule, source: Guard, cases: Cases) -> Iterator[Problem]:
    """Yields a problem of the policy's placeholders, with the settings of the first case."""
    values = _values(rule, source, cases)
    if values is None or isinstance(values, KeyError):
        return
    try:
        guard.render(source.policy, values)
    except KeyError as error:
        what = "the rule's policy needs a value that the rule does not declare"
        yield Problem((f"@{error.args[0]}",), None, what, _names(f"@{each}" for each in (*values, "not_deleted")))
    except ValueError as error:
        yield Problem((), None, f"an @ without a name: {error}", "@name, and @@ for the character itself")


def _remediation(rule: Rule, cases: Cases) -> Iterator[Problem]:
    """Yields problems of a remediation: its permissions, its parameters, and the names in its scope."""
    if (remediation := rule.remediation) is None or not isinstance(rule.source, Guard):
        return
    if wrong := list(_attributes(remediation)):
        yield from wrong
        return
    for permission in (*remediation.reads, *remediation.writes, *remediation.rollback):
        names = {name for _, name, _, _ in Formatter().parse(permission.arn) if name is not None}
        for unknown in sorted(names - ARN_NAMES):
            what = f"is not replaced in the ARN of the permission {permission.sid}"
            yield Problem((f"{{{unknown}}}",), None, what, ", ".join(f"{{{each}}}" for each in sorted(ARN_NAMES)))
    try:
        for case in cases[:1]:
            remediation.parameters(case.criteria(rule))
    except KeyError as error:
        yield _undeclared(error, rule.source, "Remediation.parameters")
    yield from _scope(remediation, cases)


def _attributes(remediation: Remediation) -> Iterator[Problem]:
    """Yields attributes of the class that are missing or of another type, which only a type checker would see."""
    for name, kind in (("name", str), ("effect", str), ("scope_pattern", re.Pattern), ("scope_description", str)):
        if not isinstance(value := getattr(remediation, name, None), kind):
            yield Problem((name,), value, "missing, or of another type", f"a {kind.__name__}")
    for permission in (*remediation.reads, *getattr(remediation, "writes", ()), *remediation.rollback):
        if isinstance(permission.actions, str):
            yield Problem((permission.sid, "actions"), permission.actions, "not a tuple", "(ACTION, …)")


def _scope(remediation: Remediation, cases: Cases) -> Iterator[Problem]:
    """Yields the names of cases' resources that could not be in a scope."""
    for name in (case.scope_name(remediation) for case in cases if case.create):
        if name is not None and remediation.scope_pattern.fullmatch(name) is None:
            what = f"does not match the name of a case's resource, {name}"
            yield Problem(("scope_pattern",), remediation.scope_pattern.pattern, what, remediation.scope_description)


def _undeclared(error: KeyError, source: Guard, reader: str) -> Problem:
    what = f"{reader} reads a setting that the rule does not declare"
    return Problem((error.args[0],), None, what, _names(each.name for each in source.settings))


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _same_names(rules: Iterable[Rule]) -> Iterator[tuple[Path, Problem]]:
    """Yields names of two remediations."""
    found: dict[str, str] = {}
    for rule in rules:
        if rule.remediation and (other := found.setdefault(rule.remediation.name, rule.name)) != rule.name:
            what = f"also the name of the remediation of {other}"
            assert isinstance(rule.source, Guard)
            file = rule.source.policy.with_name(REMEDIATION)
            yield file, Problem(("name",), rule.remediation.name, what, "a name of its own")


def _imports(folder: Path) -> Iterator[tuple[Path, Problem]]:
    """Yields imports of packages that the functions' archives do not have: the functions could not start."""
    own, others = f"{PACKAGE}handlers", {"boto3", "botocore", *sys.stdlib_module_names}
    for file, modules in _imports_of(folder):
        for module in modules:
            if module.partition(".")[0] not in others and not f"{module}.".startswith(f"{own}."):
                what = "a package that the functions do not have"
                yield (
                    file,
                    Problem((f"import {module}",), None, what, f"{own}, boto3, botocore and the standard library"),
                )


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
