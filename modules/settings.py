"""An environment's settings: what each is, and what it may be."""

import hashlib
import re
from collections.abc import Mapping
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from handlers.common.languages import LANGUAGES
from handlers.common.names import physical_name
from handlers.common.rule import Mode, Remediation
from handlers.rules import RULES
from modules import values
from modules.names import NameKind, checked

LOG_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
LATEST_FIRST_EVALUATION = time(5, 59)


def remediations() -> dict[str, Remediation]:
    """The rules that have a remediation."""
    return {name: rule.remediation for name, rule in RULES.items() if rule.remediation is not None}


class Part(BaseModel):
    """Strict: a text is no number, and a key that is not declared is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Addresses = Annotated[values.Texts, BeforeValidator(values.each(values.email)), Field(min_length=1)]
"""E-mail addresses, at least one."""


Days = Annotated[int, AfterValidator(values.within(1, 365, "days"))]


class RulesSettings(Part):
    """What the rules judge by."""

    approved_instance_types: Annotated[
        values.Texts, BeforeValidator(values.each(values.instance_type)), Field(min_length=1)
    ]
    minimum_rds_backup_retention_days: Annotated[int, AfterValidator(values.within(1, 35, "days"))]
    allowed_kms_keys: Annotated[values.Texts, BeforeValidator(values.each(values.kms_arn))] = ()


class AlertsSettings(Part):
    """Who is told, by severity; `operations` hears of the system's own troubles."""

    critical: Addresses
    high: Addresses
    medium: Addresses
    low: Addresses
    operations: Addresses


class RemediationSettings(Part):
    """What a rule's remediation may do, and to which resources, by name."""

    mode: values.ModeName = Mode.PLAN
    scope: Annotated[values.Texts, BeforeValidator(values.each(values.any_text))] = ()


class DeadlineSettings(Part):
    """Within how many days a finding is to be resolved, by severity."""

    critical: Days = 2
    high: Days = 7
    medium: Days = 30
    low: Days = 90


class SummarySettings(Part):
    """Who reads the executive summary, and in which language."""

    readers: Addresses
    language: Annotated[str, AfterValidator(values.among(LANGUAGES))] = "en"


class ScheduleSettings(Part):
    """When the system works by itself; times are UTC."""

    first_evaluation: values.TimeOfDay = time(0, 0)
    daily_score: values.TimeOfDay = time(7, 0)

    @field_validator("first_evaluation")
    @classmethod
    def _within_the_first_six_hours(cls, value: time) -> time:
        if value > LATEST_FIRST_EVALUATION:
            raise values.refused("too late: the next evaluations follow every six hours", "00:00 to 05:59")
        return value


class StateSettings(Part):
    """Where Terraform keeps the state."""

    bucket: values.BucketName
    kms_key: values.StateKey


class Settings(Part):
    """One environment, read from environments/<environment>.toml."""

    environment: values.NamePart
    environment_suffix: values.NamePart
    owner: values.TagValue
    compliance_level: values.TagValue
    account_id: values.AccountId
    allow_regions_outside_eu: bool = False
    home_region: values.Region
    monitored_regions: values.Deduplicated[values.Region] = Field(
        default_factory=lambda given: (given.get("home_region", ""),)
    )
    log_level: Annotated[str, AfterValidator(values.among(LOG_LEVELS))] = "INFO"
    rules: RulesSettings
    alerts: AlertsSettings
    summary: SummarySettings
    deadline_days: DeadlineSettings = DeadlineSettings()
    remediation: Mapping[str, RemediationSettings] = Field(default_factory=dict, validate_default=True)
    schedule: ScheduleSettings = ScheduleSettings()
    state: StateSettings

    @field_validator("environment_suffix")
    @classmethod
    def _leaves_room_in_names(cls, suffix: str, info: ValidationInfo) -> str:
        environment = info.data.get("environment", "")
        resource_type, kind = min(_longest_names(), key=_room)
        name = physical_name(resource_type, environment, suffix)
        if len(name) > kind.longest:
            what = f"too long: the name {name} would have {len(name)} characters of {kind.longest}"
            allowed = f"together with environment at most {_room((resource_type, kind))} characters"
            raise values.refused(what, allowed)
        return suffix

    @field_validator("home_region")
    @classmethod
    def _in_the_european_union(cls, region: str, info: ValidationInfo) -> str:
        if re.fullmatch(r"eu-[a-z]+-\d+", region) is None and info.data.get("allow_regions_outside_eu") is not True:
            raise values.refused("not a region eu-*-*", "eu-*-*, or any with allow_regions_outside_eu = true")
        return region

    @field_validator("monitored_regions")
    @classmethod
    def _only_home(cls, regions: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        home = info.data.get("home_region")
        if home is not None and regions != (home,):
            raise values.refused("this version monitors the home region only", f'["{home}"]')
        return regions

    @field_validator("remediation")
    @classmethod
    def _of_rules_that_have_one(cls, given: Mapping[str, RemediationSettings]) -> Mapping[str, RemediationSettings]:
        known = remediations()
        found = [
            values.Problem((name,), name, "no rule with a remediation", ", ".join(known))
            for name in given
            if name not in known
        ]
        for name, remediation in known.items():
            found += _scope_problems(name, remediation, given.get(name, RemediationSettings()))
        if found:
            raise values.refused_all(found)
        return {name: given.get(name, RemediationSettings()) for name in known}

    @property
    def partition(self) -> str:
        """The AWS partition of the home region, for ARNs."""
        prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
        return next((name for prefix, name in prefixes.items() if self.home_region.startswith(prefix)), "aws")

    @property
    def stack_name(self) -> str:
        """What `cdktf deploy` is told."""
        return f"compliance-{self.environment}"

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the settings: two reports with the same digest were made under the same settings."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def remediation_modes(self) -> dict[str, str]:
        """Rule to mode, as functions are told."""
        return {name: str(chosen.mode) for name, chosen in self.remediation.items()}

    def remediation_scopes(self) -> dict[str, list[str]]:
        """Rule to the resources it may touch, as functions are told."""
        return {name: list(chosen.scope) for name, chosen in self.remediation.items()}

    def deadlines(self) -> dict[str, int]:
        """Severity to days, as functions are told."""
        return {name.upper(): days for name, days in self.deadline_days.model_dump().items()}

    def name(self, resource_type: str, kind: NameKind) -> str:
        """`<resource-type>-<environment>-<environment suffix>`; raises NameRefusedError if AWS would not take it."""
        return checked(physical_name(resource_type, self.environment, self.environment_suffix), kind)


def _longest_names() -> list[tuple[str, NameKind]]:
    """The names that leave the least room for environment and suffix; every other name is shorter."""
    rules = [(name, NameKind.CONFIG_RULE) for name in RULES]
    return rules + [(f"remediate-{each.name}-on-change", NameKind.EVENT_RULE) for each in remediations().values()]


def _room(name: tuple[str, NameKind]) -> int:
    """The characters that a name leaves to environment and suffix together."""
    resource_type, kind = name
    return kind.longest - len(physical_name(resource_type, "", ""))


def _scope_problems(rule: str, remediation: Remediation, chosen: RemediationSettings) -> list[values.Problem]:
    found = [
        values.Problem((rule, "scope", index), name, "no name of a single resource", remediation.scope_description)
        for index, name in enumerate(chosen.scope)
        if remediation.scope_pattern.fullmatch(name) is None
    ]
    if chosen.mode == Mode.ENFORCE and not chosen.scope:
        what, allowed = "nothing to enforce: the scope is empty", "at least one name in scope, or mode plan"
        found.append(values.Problem((rule, "scope"), [], what, allowed))
    return found
