"""Managed rules in the settings of an environment."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from handlers.common.model.rule import ACCOUNT_TYPE, Managed, Rule
from settings import fields as values
from settings import managed_rule_checks as checks
from settings.base import StrictModel
from settings.catalogue import Known, known, recordable
from settings.exclusions import Exclusions

MAX_PARAMETERS_LENGTH = 1_024  # characters of JSON (AWS Config API Reference, ConfigRule)
MAX_DESCRIPTION_LENGTH = 256

DOCUMENTATION = "https://docs.aws.amazon.com/config/latest/developerguide"

Identifier = Annotated[
    str,
    Field(pattern="^[A-Z0-9_]{1,256}$"),
    values.Allowed(
        "capital letters, digits and _, such as S3_BUCKET_LOGGING_ENABLED", "not the identifier of a managed rule"
    ),
]
ResourceType = Annotated[
    str,
    Field(pattern=f"^(AWS::[A-Za-z0-9]+::[A-Za-z0-9]+|{ACCOUNT_TYPE})$"),
    values.Allowed(f"types such as AWS::S3::Bucket, or {ACCOUNT_TYPE}", "not a resource type of AWS Config"),
]
Control = Annotated[
    str,
    Field(pattern=r"^[\x21-\x7e](.*[\x21-\x7e])?$", max_length=100),
    values.Allowed("up to 100 characters", "not the name of a control"),
]
Title = Annotated[
    str,
    # In the schema, whose engines lack \p{L}, each character beyond ASCII is a letter.
    Field(pattern=r"^[\p{L}\p{N}].*$", max_length=80, json_schema_extra={"pattern": r"^([A-Za-z0-9]|[^\x00-\x7f]).*$"}),
    values.Allowed("a line of up to 80 characters that begins with a letter or digit", "not a title"),
]
RuleName = Annotated[str, Field(pattern=values.NAME), values.Allowed(values.NAME_WORDS, "not a valid rule name")]

STRINGS_BY_NAME = "quoted strings by name"
PARAMETERS = f"{STRINGS_BY_NAME}, as JSON at most {MAX_PARAMETERS_LENGTH} characters"


def _short(given: Mapping[str, str]) -> Mapping[str, str]:
    if len(json.dumps(dict(given), separators=(",", ":"))) > MAX_PARAMETERS_LENGTH:
        raise values.refused("too long", PARAMETERS)
    return given


class ManagedRuleSettings(StrictModel):
    """A managed rule with the severity and category of its findings."""

    enabled: bool = True
    """whether the rule is deployed"""
    unchecked: bool = False
    """accepts a rule that is newer than the catalogue (settings/catalogue.json), or that AWS has changed since"""
    identifier: Identifier
    """identifier of the managed rule"""
    severity: values.SeverityName
    """severity of its findings"""
    category: values.CategoryName
    """category of the rule"""
    resource_types: values.Listed[ResourceType] = Field(default=(), validate_default=True)
    """resource types to evaluate; they are recorded, and resources without a result count as unknown; default: the
    types in the catalogue"""
    controls: values.Listed[Control] = ()
    """controls of standards to which the rule maps"""
    parameters: Annotated[Mapping[str, str], AfterValidator(_short), values.Allowed(PARAMETERS)] = Field(
        default_factory=dict, validate_default=True
    )
    """parameters of the managed rule"""
    periodic: bool | None = Field(default=None, validate_default=True)
    """whether the rule is periodic (every six hours) instead of change-triggered; default: the trigger in the
    catalogue"""
    exclude: Exclusions = ()
    title: Title | None = None
    """title of its findings in alerts and summaries; default: derived from the identifier"""

    @field_validator("identifier")
    @classmethod
    def _validate_identifier(cls, given: str, info: ValidationInfo) -> str:
        return given if info.data.get("unchecked") else checks.identifier(given)

    @field_validator("resource_types")
    @classmethod
    def _validate_resource_types(cls, given: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if ACCOUNT_TYPE in given and len(given) > 1:
            raise values.refused("the account type and other types", f"{ACCOUNT_TYPE} alone, or other types")
        return checks.types(given, _entry(info)) if _is_identified(info) else given

    @field_validator("parameters")
    @classmethod
    def _validate_parameters(cls, given: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        return checks.parameters(given, _entry(info)) if _is_identified(info) else given

    @field_validator("periodic")
    @classmethod
    def _validate_periodic(cls, given: bool | None, info: ValidationInfo) -> bool | None:
        change_triggered = given is False or (given is None and info.data.get("unchecked"))
        if change_triggered and ACCOUNT_TYPE in info.data.get("resource_types", ()):
            raise values.refused(f"a rule on {ACCOUNT_TYPE} cannot be change-triggered", "true")
        return checks.periodic(given, _entry(info)) if _is_identified(info) else given


def _is_identified(info: ValidationInfo) -> bool:
    """Returns whether the identifier is valid: without it, only its own problem is reported."""
    return "identifier" in info.data


def _entry(info: ValidationInfo) -> Known | None:
    """Returns the catalogue's entry of the rule; None with `unchecked`."""
    return None if info.data.get("unchecked") else known().get(info.data["identifier"])


def absent_from(given: ManagedRuleSettings, regions: Sequence[str]) -> tuple[str, ...]:
    """Returns the regions of `regions` in which the rule does not exist."""
    entry = None if given.unchecked else known().get(given.identifier)
    return tuple(region for region in regions if entry is not None and not entry.is_in(region))


def unrecorded(given: ManagedRuleSettings) -> tuple[str, ...]:
    """Returns the types of a rule that AWS Config does not record; none for a rule with `unchecked`."""
    if given.unchecked:
        return ()
    return tuple(sorted(set(given.resource_types) - recordable() - {ACCOUNT_TYPE}))


def rule(name: str, given: ManagedRuleSettings, regions: Sequence[str] = ()) -> Rule:
    """Returns the rule for a name and its settings; `regions` are monitored."""
    words = given.identifier.lower().replace("_", " ")
    page = f"{DOCUMENTATION}/{given.identifier.lower().replace('_', '-')}.html"
    return Rule(
        name=name,
        title=given.title or f"Violates {words}"[:80],
        titles={},
        description=f"AWS managed rule {given.identifier}."[:MAX_DESCRIPTION_LENGTH],
        severity=given.severity,
        category=given.category,
        controls=given.controls,
        how_to_fix=f"See the requirements of the rule: {page}",
        source=Managed(
            identifier=given.identifier,
            parameters=dict(given.parameters),
            resource_types=tuple(sorted(given.resource_types)),
            periodic=bool(given.periodic),
            absent=absent_from(given, regions),
            unrecorded=unrecorded(given),
        ),
    )


def in_force(given: Mapping[str, ManagedRuleSettings], regions: Sequence[str]) -> dict[str, Rule]:
    """Returns the enabled rules by name; `regions` are monitored."""
    return {name: rule(name, each, regions) for name, each in sorted(given.items()) if each.enabled}


def name_problems(names: Mapping[str, Any], taken: Mapping[str, Any], longest: int) -> list[values.Problem]:
    """Returns the problems of rule names; `longest` is the maximum length with this environment and suffix."""
    found = []
    for name in names:
        if re.fullmatch(values.NAME, name) is None:
            found.append(values.Problem((name,), name, "not a valid rule name", values.NAME_WORDS))
        elif name in taken:
            found.append(values.Problem((name,), name, "a rule with this name exists", "another name"))
        elif len(name) > longest:
            what = f"too long: {len(name)} characters"
            found.append(values.Problem((name,), name, what, f"at most {longest} with this environment and suffix"))
    return found


def plain(text: str) -> str:
    """Returns a string converted to a part of a rule name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def named(given: Mapping[str, ManagedRuleSettings], taken: Mapping[str, Any], longest: int) -> Mapping[str, Any]:
    """Returns the rules; rejects invalid names."""
    if found := name_problems(given, taken, longest):
        raise values.refused_all(found)
    return given
