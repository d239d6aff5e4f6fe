"""CloudFormation templates of AWS Config rules, with the functions that conformance packs use.

Ref, Fn::Sub of parameters, Fn::If and the condition functions are resolved, in long and short form (AWS CloudFormation
User Guide, "Intrinsic function reference"). Only CloudFormation can resolve other functions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from handlers.common.runtime.errors import ComplianceMonitorError
from settings.conformance_pack.constraints import TemplateError, UnknownParameterError, check

NOTHING = object()
"""Value of Ref AWS::NoValue, which removes the key."""

MAX_DEPTH = 100  # of nested conditions, also of circular ones

WRITE_IT = "write the value into the template"

VARIABLE = re.compile(r"\$\{([^}]*)\}")
"""A variable in the string of Fn::Sub; `${!Name}` is the literal `${Name}` (CloudFormation User Guide, "Fn::Sub")."""


class UnresolvableError(ComplianceMonitorError, ValueError):
    """A value cannot be resolved; the message has the reason and the remedy."""


NULLS = ("", "~", "null", "Null", "NULL")


class _Loader(yaml.BaseLoader):
    """YAML loader with CloudFormation's short tags; scalars are strings, except for null."""

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        found = super().construct_scalar(node)
        return None if node.style is None and found in NULLS else found

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found = super().construct_mapping(node, deep)
        if len(found) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "duplicate key in the mapping", node.start_mark)
        return found


def _short_tag(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


@dataclass(frozen=True)
class Template:
    """The resources by logical id, with conditions and parameters."""

    resources: Mapping[str, Any]
    conditions: Mapping[str, Any]
    parameters: Mapping[str, str]
    declared: frozenset[str]
    _results: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def holds(self, condition: Any) -> bool:
        """Returns the value of a condition, given by its name; raises UnresolvableError."""
        return self._holds({"Condition": condition})

    def resolved(self, value: Any) -> Any:
        """Returns the value without intrinsic functions, or NOTHING; raises UnresolvableError."""
        if value is None:
            raise UnresolvableError(f"null is not allowed in a template: remove the key, or {WRITE_IT}")
        if isinstance(value, list):
            return [found for found in map(self.resolved, value) if found is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name == "Ref":
                return self._reference(argument)
            if name == "Fn::If":
                condition, then, otherwise = _three(argument)
                return self.resolved(then if self.holds(condition) else otherwise)
            if name == "Fn::Sub":
                return self._substituted(argument)
        for name in value:
            if name == "Ref" or str(name).startswith("Fn::"):
                raise UnresolvableError(f"{name} cannot be resolved here: {WRITE_IT}")
        found = {key: self.resolved(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if each is not NOTHING}

    def _reference(self, name: Any) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        return self._parameter(name, "Ref")

    def _parameter(self, name: Any, function: str) -> str:
        if not isinstance(name, str) or name not in self.declared:
            raise UnresolvableError(f"{function} {name!r:.80} is not a parameter of the template: {WRITE_IT}")
        if name not in self.parameters:
            raise UnresolvableError(f"parameter {name} has no value: set it under parameters of the pack")
        return self.parameters[name]

    def _substituted(self, argument: Any) -> str:
        text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        if not isinstance(text, str) or not isinstance(variables, dict):
            raise UnresolvableError(f"Fn::Sub of {argument!r:.80} is not a string: {WRITE_IT}")

        def value(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            found = self.resolved(variables[name]) if name in variables else self._parameter(name, "Fn::Sub")
            if not isinstance(found, str):
                raise UnresolvableError(f"{name} of Fn::Sub is not a string: {WRITE_IT}")
            return found

        return VARIABLE.sub(value, text)

    def _holds(self, condition: Any, depth: int = 0) -> bool:
        if not isinstance(condition, dict) or len(condition) != 1:
            raise UnresolvableError(f"{condition!r:.80} is not a condition: {WRITE_IT}")
        if depth > MAX_DEPTH:
            raise UnresolvableError(f"{condition!r:.80} is circular or nested too deeply: {WRITE_IT}")
        [(name, argument)] = condition.items()
        if name == "Condition":
            if not isinstance(argument, str) or argument not in self.conditions:
                raise UnresolvableError(f"condition {argument!r:.80} is not declared: declare it under Conditions")
            # Cached, as conditions that refer to others repeatedly would take exponential time.
            if argument not in self._results:
                self._results[argument] = self._holds(self.conditions[argument], depth + 1)
            return self._results[argument]
        if not isinstance(argument, list):
            raise UnresolvableError(f"{name} of {argument!r:.80} is not a condition: {WRITE_IT}")
        if name == "Fn::Equals":
            compared = [str(self.resolved(each)) for each in argument]
            return len(compared) == 2 and compared[0] == compared[1]
        parts = [self._holds(each, depth + 1) for each in argument]
        if name == "Fn::Not" and len(parts) == 1:
            return not parts[0]
        if name in ("Fn::And", "Fn::Or"):
            return all(parts) if name == "Fn::And" else any(parts)
        raise UnresolvableError(f"{name} is not a condition: {WRITE_IT}")


def read(file: Path, given: Mapping[str, str]) -> Template:
    """Returns the template of a file, with the given parameters and other defaults; raises TemplateError."""
    try:
        with file.open(encoding="utf-8") as stream:
            document = yaml.load(stream, Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise TemplateError(f"is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError("is not a conformance pack template: it has no Resources")
    declared = _mapping(document, "Parameters")
    if unknown := sorted(given.keys() - declared.keys()):
        raise UnknownParameterError(unknown[0], ", ".join(sorted(map(str, declared))) or "none")
    defaults = {name: each["Default"] for name, each in declared.items() if _has_default(each)}
    for name, value in (defaults | dict(given)).items():
        check(name, value, declared[name])
    return Template(
        resources=document["Resources"],
        conditions=_mapping(document, "Conditions"),
        parameters=defaults | dict(given),
        declared=frozenset(declared),
    )


def _has_default(parameter: Any) -> bool:
    if not isinstance(parameter, dict) or not isinstance(parameter.get("Default"), str):
        return False
    # Such a default is the name of a Systems Manager parameter, which only CloudFormation resolves.
    return not str(parameter.get("Type")).startswith("AWS::SSM::")


def _mapping(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name) or {}
    if not isinstance(found, dict):
        raise TemplateError(f"{name} is not a mapping")
    return found


def _three(argument: Any) -> tuple[Any, Any, Any]:
    if not isinstance(argument, list) or len(argument) != 3:
        raise UnresolvableError(f"Fn::If does not have three arguments: {WRITE_IT}")
    return argument[0], argument[1], argument[2]
