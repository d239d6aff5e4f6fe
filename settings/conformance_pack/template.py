"""A CloudFormation template of Config rules, as far as conformance packs use the language.

Resolved are Ref, Fn::Sub of parameters, Fn::If and the condition functions, in their long and short forms (AWS
CloudFormation User Guide, "Intrinsic function reference"); anything else cannot be known before CloudFormation runs.
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
"""What Ref AWS::NoValue leaves: the key is as if it were not there."""

DEEPEST = 100  # conditions within conditions; a circle of them ends here

WRITE_IT = "write the value into the template"

VARIABLE = re.compile(r"\$\{([^}]*)\}")
"""A place in the text of Fn::Sub; `${!Name}` is the text `${Name}` (CloudFormation User Guide, "Fn::Sub")."""


class UnresolvableError(ComplianceMonitorError, ValueError):
    """A value that cannot be worked out here; the message says why and what would help."""


NULLS = ("", "~", "null", "Null", "NULL")


class _Loader(yaml.BaseLoader):
    """YAML with CloudFormation's short tags; every scalar is the text that stands there, as Config takes it.

    Only null is null, which CloudFormation refuses.
    """

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        found = super().construct_scalar(node)
        return None if node.style is None and found in NULLS else found

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found = super().construct_mapping(node, deep)
        if len(found) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice in the mapping", node.start_mark)
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
    """Resources by logical id, and what their values are resolved with."""

    resources: Mapping[str, Any]
    conditions: Mapping[str, Any]
    parameters: Mapping[str, str]
    declared: frozenset[str]
    _held: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def holds(self, condition: Any) -> bool:
        """Returns whether a condition of the template holds, by its name; raises UnresolvableError."""
        return self._holds({"Condition": condition})

    def resolved(self, value: Any) -> Any:
        """Returns the value without intrinsic functions, or NOTHING; raises UnresolvableError."""
        if value is None:
            raise UnresolvableError(f"null is no value in a template: leave the key out, or {WRITE_IT}")
        if isinstance(value, list):
            return [found for found in map(self.resolved, value) if found is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name == "Ref":
                return self._referred(argument)
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

    def _referred(self, name: Any) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        return self._parameter(name, "Ref")

    def _parameter(self, name: Any, function: str) -> str:
        if not isinstance(name, str) or name not in self.declared:
            raise UnresolvableError(f"{function} {name!r:.80} is no parameter of the template: {WRITE_IT}")
        if name not in self.parameters:
            raise UnresolvableError(f"parameter {name} has no value: set it under parameters of the pack")
        return self.parameters[name]

    def _substituted(self, argument: Any) -> str:
        text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        if not isinstance(text, str) or not isinstance(variables, dict):
            raise UnresolvableError(f"Fn::Sub of {argument!r:.80} is no text: {WRITE_IT}")

        def value(place: re.Match[str]) -> str:
            name = place[1].strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            found = self.resolved(variables[name]) if name in variables else self._parameter(name, "Fn::Sub")
            if not isinstance(found, str):
                raise UnresolvableError(f"{name} of Fn::Sub is no text: {WRITE_IT}")
            return found

        return VARIABLE.sub(value, text)

    def _holds(self, condition: Any, depth: int = 0) -> bool:
        if not isinstance(condition, dict) or len(condition) != 1:
            raise UnresolvableError(f"{condition!r:.80} is no condition: {WRITE_IT}")
        if depth > DEEPEST:
            raise UnresolvableError(f"{condition!r:.80} goes in a circle, or too deep: {WRITE_IT}")
        [(name, argument)] = condition.items()
        if name == "Condition":
            if not isinstance(argument, str) or argument not in self.conditions:
                raise UnresolvableError(f"there is no condition {argument!r:.80}: declare it under Conditions")
            # Once each: conditions that name others twice would double the work at every step.
            if argument not in self._held:
                self._held[argument] = self._holds(self.conditions[argument], depth + 1)
            return self._held[argument]
        if not isinstance(argument, list):
            raise UnresolvableError(f"{name} of {argument!r:.80} is no condition: {WRITE_IT}")
        if name == "Fn::Equals":
            compared = [str(self.resolved(each)) for each in argument]
            return len(compared) == 2 and compared[0] == compared[1]
        parts = [self._holds(each, depth + 1) for each in argument]
        if name == "Fn::Not" and len(parts) == 1:
            return not parts[0]
        if name in ("Fn::And", "Fn::Or"):
            return all(parts) if name == "Fn::And" else any(parts)
        raise UnresolvableError(f"{name} is no condition: {WRITE_IT}")


def read(file: Path, given: Mapping[str, str]) -> Template:
    """Returns the template of a file, with given parameters in place of their defaults; raises TemplateError."""
    try:
        with file.open(encoding="utf-8") as stream:
            document = yaml.load(stream, Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise TemplateError(f"is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError("is no conformance pack template: it has no Resources")
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
    # Such a default is the name of a parameter in Systems Manager, which only CloudFormation looks up.
    return not str(parameter.get("Type")).startswith("AWS::SSM::")


def _mapping(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name) or {}
    if not isinstance(found, dict):
        raise TemplateError(f"{name} is no mapping")
    return found


def _three(argument: Any) -> tuple[Any, Any, Any]:
    if not isinstance(argument, list) or len(argument) != 3:
        raise UnresolvableError(f"Fn::If has not three parts: {WRITE_IT}")
    return argument[0], argument[1], argument[2]
