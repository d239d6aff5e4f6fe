"""The tables of the system's own rules, each under `rules` by the rule's name: what it asks for, and how bad it is."""

from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from handlers.common.model.rule import Rule, Severity
from handlers.common.model.s3_keys import ANY
from handlers.rules import RULES
from settings import fields as values
from settings.base import StrictModel
from settings.exclusions import Exclusions


class OwnRuleSettings(StrictModel):
    """What every rule of the system's own takes."""

    enabled: bool = True
    """whether the rule is deployed"""
    severity: Annotated[str, AfterValidator(values.among(tuple(Severity)))] | None = None
    """severity of its findings; default: the severity in docs/rules.md"""
    exclude: Exclusions = ()


class InstanceTypeSettings(OwnRuleSettings):
    """Which EC2 instance types may run."""

    approved_instance_types: Annotated[values.Texts, BeforeValidator(values.each(values.instance_type))] = Field(
        default=(), validate_default=True
    )
    """approved EC2 instance types; required if the rule is enabled"""

    @field_validator("approved_instance_types")
    @classmethod
    def _any_where_enabled(cls, given: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("enabled") is not False and not given:
            raise values.refused("no instance type is approved", "at least one entry, or enabled = false")
        return given


class BackupRetentionSettings(OwnRuleSettings):
    """How long RDS must retain backups."""

    minimum_days: Annotated[int, AfterValidator(values.within(1, 35, "days"))] = 7
    """minimum number of days for which RDS retains automated backups"""


class BucketEncryptionSettings(OwnRuleSettings):
    """With which keys buckets may be encrypted."""

    keys: Annotated[str | values.Texts, BeforeValidator(values.s3_keys)] = ANY
    """KMS keys allowed for bucket encryption: any key, a customer managed key, a customer managed key of this account,
    or the listed keys"""


class RuleSettings(StrictModel):
    """The own rules' tables."""

    ec2_instance_type_approved: InstanceTypeSettings = Field(alias="ec2-instance-type-approved")
    rds_backup_retention_minimum: BackupRetentionSettings = Field(
        default=BackupRetentionSettings(), alias="rds-backup-retention-minimum"
    )
    s3_bucket_default_encryption_kms: BucketEncryptionSettings = Field(
        default=BucketEncryptionSettings(), alias="s3-bucket-default-encryption-kms"
    )

    def of(self, rule: str) -> OwnRuleSettings:
        """Returns a rule's own table."""
        found: OwnRuleSettings = getattr(self, rule.replace("-", "_"))
        return found


def in_force(rules: RuleSettings) -> dict[str, Rule]:
    """Returns the rules that are enabled, by name, with the severities of their tables."""
    tables = {name: rules.of(name) for name in RULES}
    return {
        name: replace(rule, severity=Severity(tables[name].severity or rule.severity))
        for name, rule in RULES.items()
        if tables[name].enabled
    }
