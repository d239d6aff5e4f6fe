"""Model of an environment's settings."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from handlers.common.model import waiver
from handlers.common.model.criteria import Criteria
from handlers.common.model.exclusion import Exclusion
from handlers.common.model.rule import Rule, rules_in
from handlers.common.model.waiver import Waiver
from handlers.rules import RULES
from settings import fields as values
from settings import managed_rules as managed
from settings import regions as places
from settings.base import StrictModel
from settings.conformance_pack.rules import PackSettings
from settings.criteria import Aggregator, criteria, of_aggregator
from settings.deployment import Deployment
from settings.exclusions import ExclusionSettings, exclusions
from settings.managed_rules import ManagedRuleSettings
from settings.name_limits import fitting, longest_rule_name
from settings.own_rules import RuleSettings, in_force
from settings.recording import AlsoRecorded
from settings.regions import CREATE
from settings.remediation import Remediations, chosen
from settings.resource_names import NameKind
from settings.sections import (
    AlertsSettings,
    AuditSettings,
    DeadlineSettings,
    OrganizationSettings,
    RemediationSettings,
    ScheduleSettings,
    StateSettings,
    SummarySettings,
    WaiverSettings,
)

# Lambda treats the lines of metrics, which have no level, as INFO, and drops them with a higher minimum.
LogLevel = Literal["TRACE", "DEBUG", "INFO"]


class Settings(StrictModel):
    """One environment, read from environments/<environment>.toml."""

    environment: values.NamePart
    """name of the environment, identical to the file's name; part of every resource name"""
    environment_suffix: values.NamePart
    """distinguishes deployments of one environment, with at most 24 characters together with `environment`; the shell
    variable ENVIRONMENT_SUFFIX overrides it"""
    owner: values.TagValue
    """value of the tag Owner"""
    compliance_level: values.TagValue
    """value of the tag ComplianceLevel"""
    account_id: values.AccountId
    """id of the account to monitor and to deploy to; Terraform refuses any other"""
    allow_regions_outside_eu: bool = False
    """allows regions other than eu-*-*"""
    home_region: values.Region
    """region of all resources except recorders, rules and the forwarding of changes"""
    monitored_regions: places.Regions = Field(default_factory=lambda given: (given.get("home_region", ""),))
    """regions to monitor, all in the partition of home_region; default: home_region"""
    recorder: places.Recorders = Field(default=CREATE, validate_default=True)
    """`create` deploys a recorder, `existing` uses the region's own unchanged; one value, or a table by region"""
    also_record: AlsoRecorded = ()
    """resource types that recorders of this deployment record in addition to those of the rules, for example for
    Security Hub; AWS Config charges for each configuration item"""
    aggregator: Aggregator = "account"
    """accounts whose results are read: this account, or all accounts of the organization"""
    organization: OrganizationSettings | None = Field(default=None, validate_default=True)
    log_level: LogLevel = "INFO"
    """minimum log level of the functions"""
    rules: RuleSettings
    alerts: AlertsSettings
    summary: SummarySettings
    deadline_days: DeadlineSettings = DeadlineSettings()
    managed_rules: Mapping[str, ManagedRuleSettings] = Field(default_factory=dict)
    conformance_packs: Mapping[str, PackSettings] = Field(default_factory=dict)
    remediation: Remediations = Field(default_factory=dict, validate_default=True)
    audit: AuditSettings = AuditSettings()
    waivers: WaiverSettings = WaiverSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    state: StateSettings

    _notes: tuple[str, ...] = PrivateAttr(default=())
    _granted: tuple[Waiver, ...] = PrivateAttr(default=())

    @field_validator("environment_suffix")
    @classmethod
    def _validate_suffix(cls, suffix: str, info: ValidationInfo) -> str:
        return fitting(suffix, info.data.get("environment", ""))

    @field_validator("home_region")
    @classmethod
    def _validate_home_region(cls, region: str, info: ValidationInfo) -> str:
        if values.is_foreign(region, info.data.get("allow_regions_outside_eu") is True):
            raise values.refused(*values.FOREIGN)
        return region

    @field_validator("monitored_regions")
    @classmethod
    def _validate_monitored_regions(cls, regions: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        outside_eu = info.data.get("allow_regions_outside_eu") is True
        return places.monitored(regions, info.data.get("home_region"), outside_eu)

    @field_validator("recorder", mode="before", json_schema_input_type=places.GivenRecorders)
    @classmethod
    def _validate_recorder(cls, given: Any, info: ValidationInfo) -> Any:
        return places.recorders(given, info.data.get("monitored_regions") or ())

    @field_validator("organization")
    @classmethod
    def _validate_organization(
        cls, given: OrganizationSettings | None, info: ValidationInfo
    ) -> OrganizationSettings | None:
        return of_aggregator(given, info.data.get("aggregator"))

    @field_validator("managed_rules")
    @classmethod
    def _validate_managed_rules(cls, given: Mapping[str, ManagedRuleSettings], info: ValidationInfo) -> Any:
        longest = longest_rule_name(info.data.get("environment", ""), info.data.get("environment_suffix", ""))
        return managed.named(given, RULES, longest)

    @field_validator("remediation")
    @classmethod
    def _validate_remediation(
        cls, given: Mapping[str, RemediationSettings], info: ValidationInfo
    ) -> Mapping[str, RemediationSettings]:
        return chosen(given, info.data.get("rules"))

    @property
    def deployment(self) -> Deployment:
        """The location and name parts, for constructs."""
        return Deployment(self.environment, self.environment_suffix, self.account_id, self.home_region)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on the content of conformance packs that was left out or changed."""
        return self._notes

    def with_packs(self, rules: Mapping[str, ManagedRuleSettings], notes: Sequence[str]) -> "Settings":
        """Returns the settings with the rules of their conformance packs."""
        added = self.model_copy(update={"managed_rules": {**self.managed_rules, **rules}})
        added._notes = tuple(notes)
        return added

    @property
    def granted(self) -> tuple[Waiver, ...]:
        """The environment's waivers, including expired and future ones."""
        return self._granted

    def with_waivers(self, waivers: Sequence[Waiver]) -> "Settings":
        """Returns the settings with the environment's waivers."""
        added = self.model_copy()
        added._granted = tuple(waivers)
        return added

    def criteria(self, own_key: str = "") -> dict[str, Criteria]:
        """Returns the criteria of the own rules, by name."""
        return criteria(self.rules, self.account_id, own_key)

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every resource."""
        return {"Owner": self.owner, "Environment": self.environment, "ComplianceLevel": self.compliance_level}

    @property
    def catalogue(self) -> dict[str, Rule]:
        """Every rule in force, by name."""
        return {**self.own_rules, **managed.in_force(self.managed_rules, self.monitored_regions)}

    @property
    def own_rules(self) -> dict[str, Rule]:
        """The own rules in force, by name."""
        return in_force(self.rules)

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        """The exclusions from rules in force."""
        return exclusions(self.exclude, self)

    @property
    def exclude(self) -> dict[str, tuple[ExclusionSettings, ...]]:
        """The exclusions in the tables of rules in force, by rule."""
        own = {name: self.rules.of(name).exclude for name in self.own_rules}
        return own | {name: each.exclude for name, each in self.managed_rules.items() if each.enabled}

    def is_disabled(self, rule: str) -> bool:
        """Returns whether a rule is in the settings and not deployed."""
        return (rule in RULES or rule in self.managed_rules) and rule not in self.catalogue

    def regions_of(self, rule: str) -> list[str]:
        """Returns the monitored regions in which a rule is evaluated."""
        return [region for region in self.monitored_regions if rule in self.rules_in(region)]

    def rules_in(self, region: str) -> dict[str, Rule]:
        """Returns the rules in force that are evaluated in a region, by name."""
        return rules_in(region, self.home_region, self.catalogue)

    @property
    def stack_name(self) -> str:
        """The stack's name for `cdktf deploy`."""
        return f"compliance-{self.environment}"

    @property
    def state_stack_name(self) -> str:
        """The name of the stack of the environment's state backend."""
        return f"state-backend-{self.environment}"

    @property
    def state_key(self) -> str:
        """The key of the stack's state in the state bucket."""
        return f"{self.stack_name}-{self.environment_suffix}/terraform.tfstate"

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the settings, by which reports with the same settings are recognized."""
        waivers = waiver.to_json(self.granted) if self.granted else b""
        return hashlib.sha256(self.model_dump_json().encode() + waivers).hexdigest()

    def monitoring(self, account_id: str, region: str) -> "Settings":
        """Returns the settings for another account, in one region only."""
        location = {"account_id": account_id, "home_region": region, "monitored_regions": (region,)}
        return self.model_copy(update={**location, "recorder": {region: CREATE}})

    def remediation_modes(self) -> dict[str, str]:
        """Returns modes by rule, for the functions' environment variables."""
        return {name: str(chosen.mode) for name, chosen in self.remediation.items()}

    def remediation_scopes(self) -> dict[str, list[str]]:
        """Returns scopes by rule, for the functions' environment variables."""
        return {name: list(chosen.scope) for name, chosen in self.remediation.items()}

    def deadlines(self) -> dict[str, int]:
        """Returns deadlines in days by severity, for the functions' environment variables."""
        return {name.upper(): days for name, days in self.deadline_days.model_dump().items()}

    def name(self, resource_type: str, kind: NameKind) -> str:
        """Returns `<resource-type>-<environment>-<environment suffix>`; raises NameRefusedError if invalid for AWS."""
        return self.deployment.name(resource_type, kind)
