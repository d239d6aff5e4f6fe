"""Managed rules in the settings of an environment."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from handlers.common.model.rule import ACCOUNT_TYPE, Category, Managed, Rule, Severity
from settings import fields as values
from settings import managed_rule_checks as checks
from settings.base import StrictModel
from settings.catalogue import Known, known, recordable
from settings.exclusions import Exclusions

MAX_PARAMETERS_LENGTH = 1_024  # characters of JSON (AWS Config API Reference, ConfigRule)
MAX_DESCRIPTION_LENGTH = 256

DOCUMENTATION = "https://docs.aws.amazon.com/config/latest/developerguide"

identifier = values.matching(
    r"[A-Z0-9_]{1,256}",
    "not the identifier of a managed rule",
    "capital letters, digits and _, such as S3_BUCKET_LOGGING_ENABLED",
)
resource_type = values.matching(
    rf"AWS::[A-Za-z0-9]+::[A-Za-z0-9]+|{ACCOUNT_TYPE}",
    "not a resource type of AWS Config",
    f"types such as AWS::S3::Bucket, or {ACCOUNT_TYPE}",
)
control = values.matching(r"[\x21-\x7e](.{0,98}[\x21-\x7e])?", "not the name of a control", "up to 100 characters")
line = values.matching(
    r"[^\W_].{0,79}", "not a title", "a line of up to 80 characters that begins with a letter or digit"
)


STRINGS_BY_NAME = "quoted strings by name"
PARAMETERS = f"{STRINGS_BY_NAME}, as JSON at most {MAX_PARAMETERS_LENGTH} characters"


def _strings_by_name(given: Any) -> Any:
    """Returns the table; rejects other types, which AWS Config does not accept as parameters."""
    if not isinstance(given, Mapping):
        raise values.refused("must be a table", STRINGS_BY_NAME)
    found = [
        values.Problem((name,), value, "not a quoted string", f'the value in quotes: {name} = "…"')
        for name, value in given.items()
        if not isinstance(value, str)
    ]
    if found:
        raise values.refused_all(found)
    return given


def _parameters(given: Any) -> Any:
    if len(json.dumps(dict(_strings_by_name(given)), separators=(",", ":"))) > MAX_PARAMETERS_LENGTH:
        raise values.refused("too long", PARAMETERS)
    return given


strings_by_name = values.Check(STRINGS_BY_NAME, _strings_by_name)
string_parameters = values.Check(PARAMETERS, _parameters)


class ManagedRuleSettings(StrictModel):
    """A managed rule with the severity and category of its findings."""

    enabled: bool = True
    """whether the rule is deployed"""
    unchecked: bool = False
    """accepts a rule that is newer than the catalogue (settings/catalogue.json), or that AWS has changed since"""
    identifier: Annotated[str, AfterValidator(identifier)]
    """identifier of the managed rule"""
    severity: Annotated[str, AfterValidator(values.among(tuple(Severity)))]
    """severity of its findings"""
    category: Annotated[str, AfterValidator(values.among(tuple(Category)))]
    """category of the rule"""
    resource_types: Annotated[values.Texts, BeforeValidator(values.each(resource_type))] = Field(
        default=(), validate_default=True
    )
    """resource types to evaluate; they are recorded, and resources without a result count as unknown; default: the
    types in the catalogue"""
    controls: Annotated[values.Texts, BeforeValidator(values.each(control))] = ()
    """controls of standards to which the rule maps"""
    parameters: Annotated[Mapping[str, str], BeforeValidator(string_parameters)] = Field(
        default_factory=dict, validate_default=True
    )
    """parameters of the managed rule"""
    periodic: bool | None = Field(default=None, validate_default=True)
    """whether the rule is periodic (every six hours) instead of change-triggered; default: the trigger in the
    catalogue"""
    exclude: Exclusions = ()
    title: Annotated[str, AfterValidator(line)] | None = None
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
        return checks.types(given, _entry(info))

    @field_validator("parameters")
    @classmethod
    def _validate_parameters(cls, given: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        return checks.parameters(given, _entry(info))

    @field_validator("periodic")
    @classmethod
    def _validate_periodic(cls, given: bool | None, info: ValidationInfo) -> bool:
        change_triggered = given is False or (given is None and info.data.get("unchecked"))
        if change_triggered and ACCOUNT_TYPE in info.data.get("resource_types", ()):
            raise values.refused(f"a rule on {ACCOUNT_TYPE} cannot be change-triggered", "true")
        return checks.periodic(given, _entry(info))


def _entry(info: ValidationInfo) -> Known | None:
    """Returns the catalogue's entry of the rule; None with `unchecked` or for an invalid identifier."""
    return None if info.data.get("unchecked") else known().get(info.data.get("identifier", ""))


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
        severity=Severity(given.severity),
        category=Category(given.category),
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


rule_name = values.matching(
    r"[a-z0-9]+(-[a-z0-9]+)*",
    "not a valid rule name",
    "lower-case letters and digits, with single hyphens between",
)


def name_problems(names: Mapping[str, Any], taken: Mapping[str, Any], longest: int) -> list[values.Problem]:
    """Returns the problems of rule names; `longest` is the maximum length with this environment and suffix."""
    found = []
    for name in names:
        try:
            rule_name(name)
        except PydanticCustomError as error:
            words: Any = error.context
            found.append(values.Problem((name,), name, words["what"], words["allowed"]))
            continue
        if name in taken:
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
