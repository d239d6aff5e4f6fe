"""Conversion of a conformance pack's rules to managed rules in an environment's settings.

Content that cannot be taken over is reported with a remedy.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from handlers.common.runtime.errors import ComplianceMonitorError
from settings import fields as values
from settings.base import StrictModel
from settings.catalogue import PROCESS_CHECK, Known, known
from settings.conformance_pack.notes import RESOURCE_TYPES, differences, ignored_keys
from settings.conformance_pack.template import NOTHING, Template, UnresolvableError, read
from settings.errors import problems_of
from settings.exclusions import Exclusions, ExclusionSettings
from settings.managed_rules import STRINGS_BY_NAME, Control, ManagedRuleSettings, ResourceType, RuleName, Title, plain

CONFIG_RULE = "AWS::Config::ConfigRule"

MERGE = "<<"


class OverrideSettings(StrictModel):
    """Overrides of one rule of a pack."""

    skip: bool = False
    """whether to leave the rule out"""
    rename: RuleName | None = None
    """other name for the rule, if a rule of its name exists already"""
    severity: values.SeverityName | None = None
    """severity of the rule's findings; default: the pack's"""
    category: values.CategoryName | None = None
    """category of the rule; default: the pack's"""
    controls: values.Listed[Control] | None = None
    """controls to which the rule maps; default: the pack's"""
    resource_types: values.Listed[ResourceType] | None = None
    """resource types to evaluate; default: those in the template's scope, or all that the rule evaluates"""
    periodic: bool | None = None
    """whether the rule is periodic; for a rule that supports both triggers or is not in the catalogue"""
    exclude: Exclusions = ()
    title: Title | None = None
    """title of the rule's findings in alerts and summaries; default: derived from the identifier"""


class PackSettings(StrictModel):
    """A conformance pack template, with the severity and category of its rules."""

    template: Annotated[str, Field(min_length=1), values.Allowed("a path, such as packs/baseline.yaml", "empty")]
    """path of the template, relative to the environment's file"""
    severity: values.SeverityName
    """severity of the findings of the pack's rules"""
    category: values.CategoryName
    """category of the pack's rules"""
    controls: values.Listed[Control] = ()
    """controls to which the pack's rules map"""
    parameters: Annotated[Mapping[str, str], values.Allowed(STRINGS_BY_NAME)] = Field(default_factory=dict)
    """values of the template's parameters, instead of their defaults"""
    rules: Mapping[str, OverrideSettings] = Field(default_factory=dict)
    """overrides of single rules, by the rule's name in lower case with hyphens"""


@dataclass
class Pack:
    """The rules of a template by name, with notes on ignored or changed content."""

    rules: dict[str, ManagedRuleSettings] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Names of the rules in the template, before renames and skips."""


class _LeftOutError(ComplianceMonitorError):
    """A resource cannot be taken over; the message has the reason and the remedy."""


def read_pack(file: Path, given: PackSettings) -> Pack:
    """Returns the pack of a template's file; raises TemplateError."""
    template, pack = read(file, given.parameters), Pack()
    known, taken = set[str](), list[str]()
    for logical_id, resource in template.resources.items():
        try:
            name, rule, properties = _taken_over(template, str(logical_id), resource, given)
            override = given.rules.get(name, OverrideSettings())
            known.add(name)
            if override.skip:
                raise _LeftOutError(f"skip is set for {name}")
            name = override.rename or name
            if name in pack.rules:
                raise _LeftOutError(f"another rule of the template has the name {name}: rename one in the template")
            pack.rules[name] = rule
            taken.append(logical_id)
            pack.notes += differences(name, rule, properties)
        except _LeftOutError as error:
            pack.notes.append(f"{logical_id} is not taken over: {error}")
    pack.notes += ignored_keys(template.resources[each] for each in taken)
    pack.names = sorted(known)
    return pack


def combined(taken: Mapping[str, ManagedRuleSettings], pack: Pack) -> dict[str, ManagedRuleSettings]:
    """Returns the existing rules that the pack has as well, with the controls of both.

    Each is evaluated and counted once, so it is removed from the pack, with a note.
    """
    found: dict[str, ManagedRuleSettings] = {}
    for name, rule in list(pack.rules.items()):
        same = next((each for each, other in taken.items() if _is_same(other, rule)), None)
        if same is not None:
            before = found.get(same, taken[same])
            controls = tuple(dict.fromkeys((*before.controls, *rule.controls)))
            exclude = (*before.exclude, *_new(rule.exclude, before.exclude))
            found[same] = before.model_copy(update={"controls": controls, "exclude": exclude})
            del pack.rules[name]
            pack.notes.append(f"{name} is the same as the rule {same}, counted once with the controls of both")
    return found


def _new(added: Iterable[ExclusionSettings], known: Iterable[ExclusionSettings]) -> Iterator[ExclusionSettings]:
    """Yields the added exclusions whose resources or tags differ from the known ones."""
    yield from (each for each in added if not any(each.is_about_the_same_as(other) for other in known))


def _is_same(one: ManagedRuleSettings, other: ManagedRuleSettings) -> bool:
    """Returns whether two rules have the same identifier, parameters, trigger and types."""
    same = ("identifier", "parameters", "periodic")
    types = set(one.resource_types) == set(other.resource_types)
    return types and all(getattr(one, name) == getattr(other, name) for name in same)


def _taken_over(
    template: Template, logical_id: str, resource: Any, given: PackSettings
) -> tuple[str, ManagedRuleSettings, Mapping[str, Any]]:
    if isinstance(resource, dict) and MERGE in resource:
        raise _LeftOutError(f"CloudFormation does not support merge keys ({MERGE}): write all keys")
    if not isinstance(resource, dict) or resource.get("Type") != CONFIG_RULE:
        kind = resource.get("Type") if isinstance(resource, dict) else type(resource).__name__
        raise _LeftOutError(f"its type is {kind}, and only {CONFIG_RULE} is supported: deploy it yourself")
    try:
        if "Condition" in resource and not template.holds(resource["Condition"]):
            raise _LeftOutError(f"its condition {resource['Condition']} is false: set the pack's parameters")
        properties = template.resolved(resource.get("Properties") or {})
    except UnresolvableError as error:
        raise _LeftOutError(str(error)) from error
    if properties is NOTHING or not isinstance(properties, dict):
        raise _LeftOutError("it has no properties: add them to the template")
    source = _table(properties, "Source")
    if source.get("Owner") != "AWS":
        raise _LeftOutError(f"its source is {source.get('Owner')}: custom rules are modules in handlers/rules")
    if source.get("SourceIdentifier") == PROCESS_CHECK:
        raise _LeftOutError("it is a process check, which is filled in manually: deploy it yourself")
    name = plain(_text("ConfigRuleName", properties.get("ConfigRuleName") or logical_id))
    if not name:
        raise _LeftOutError("its name has no letters a to z and no digits: rename it in the template")
    return name, _rule(name, properties, source, given), properties


def _rule(
    name: str, properties: Mapping[str, Any], source: Mapping[str, Any], given: PackSettings
) -> ManagedRuleSettings:
    override = given.rules.get(name, OverrideSettings())
    scope = _table(properties, "Scope")
    if narrower := sorted(scope.keys() - {RESOURCE_TYPES}):
        raise _LeftOutError(f"its scope has {narrower[0]}, which is not supported: remove it from the template")
    identifier = str(source.get("SourceIdentifier"))
    entry = known().get(identifier)
    types = override.resource_types or _types(scope.get(RESOURCE_TYPES, ()), entry)
    if entry is None and not types:
        raise _LeftOutError(
            f"managed rule {identifier} is not in the catalogue, and its scope has no types: set resource_types of "
            f"rules.{name}"
        )
    periodic = override.periodic
    if entry is None and periodic is None:
        periodic = "MaximumExecutionFrequency" in properties or RESOURCE_TYPES not in scope
    declared = {
        "unchecked": entry is None,
        "identifier": identifier,
        "severity": override.severity or given.severity,
        "category": override.category or given.category,
        "controls": override.controls if override.controls is not None else given.controls,
        "resource_types": types,
        "parameters": {key: _text(key, value) for key, value in _table(properties, "InputParameters").items()},
        "periodic": periodic,
        "exclude": override.exclude,
        "title": override.title,
    }
    try:
        return ManagedRuleSettings.model_validate(declared)
    except ValidationError as error:
        raise _LeftOutError(_first(error)) from error


def _types(named: Any, entry: Known | None) -> list[str]:
    """Returns the types of a template's scope that the managed rule evaluates."""
    listed = [named] if isinstance(named, str) else list(named)
    if other := [each for each in listed if not isinstance(each, str)]:
        raise _LeftOutError(f"its scope has {other[0]!r:.80} as a type: write a string such as AWS::S3::Bucket")
    if entry is None:
        return listed
    return [kind for kind in listed if kind in entry.types]


def _first(error: ValidationError) -> str:
    """Returns the first problem of a rule."""
    found, *_ = problems_of(error, ManagedRuleSettings, "docs/managed-rules.md")
    return f"{'.'.join(map(str, found.at))} = {found.value!r:.80} is invalid; allowed: {found.allowed}"


def _table(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = properties.get(name) or {}
    if not isinstance(found, dict):
        raise _LeftOutError(f"its {name} is not a mapping: fix the template")
    return found


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _LeftOutError(f"{name} = {value!r:.80} is not a string: fix the template")
    return value
