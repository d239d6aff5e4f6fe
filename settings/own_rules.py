"""Settings of the own rules, one table per rule under `rules`."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from handlers.common.model.rule import Rule, Severity
from handlers.rules import RULES
from settings import fields as values
from settings.base import StrictModel
from settings.exclusions import Exclusions


class OwnRuleSettings(StrictModel):
    """Settings of every own rule."""

    enabled: bool = True
    """whether the rule is deployed"""
    severity: values.SeverityName | None = None
    """severity of its findings; default: the severity in docs/rules.md"""
    exclude: Exclusions = ()

    def values(self) -> dict[str, Any]:
        """Returns the values of the rule's own settings."""
        own = type(self).model_fields.keys() - OwnRuleSettings.model_fields.keys()
        return {name: getattr(self, name) for name in own}


class InstanceTypeSettings(OwnRuleSettings):
    """Settings of the rule on EC2 instance types."""

    approved_instance_types: values.Listed[values.InstanceType] = Field(default=(), validate_default=True)
    """approved EC2 instance types; required if the rule is enabled"""

    @field_validator("approved_instance_types")
    @classmethod
    def _validate_types(cls, given: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("enabled") is not False and not given:
            raise values.refused("no instance type is approved", "at least one entry, or enabled = false")
        return given


class BackupRetentionSettings(OwnRuleSettings):
    """Settings of the rule on RDS backups."""

    minimum_days: Annotated[int, Field(ge=1, le=35), values.Unit("days")] = 7
    """minimum number of days for which RDS retains automated backups"""


class BucketEncryptionSettings(OwnRuleSettings):
    """Settings of the rule on bucket encryption."""

    keys: values.S3Keys = "any"
    """KMS keys allowed for bucket encryption: any key, a customer managed key, a customer managed key of this account,
    or the listed keys"""


class RuleSettings(StrictModel):
    """The tables of the own rules."""

    ec2_instance_type_approved: InstanceTypeSettings = Field(alias="ec2-instance-type-approved")
    rds_backup_retention_minimum: BackupRetentionSettings = Field(
        default=BackupRetentionSettings(), alias="rds-backup-retention-minimum"
    )
    s3_bucket_default_encryption_kms: BucketEncryptionSettings = Field(
        default=BucketEncryptionSettings(), alias="s3-bucket-default-encryption-kms"
    )

    def of(self, rule: str) -> OwnRuleSettings:
        """Returns the table of a rule."""
        table: OwnRuleSettings = getattr(self, rule.replace("-", "_"))
        return table


def in_force(rules: RuleSettings) -> dict[str, Rule]:
    """Returns the enabled rules by name, with the severities of their tables."""
    tables = {name: rules.of(name) for name in RULES}
    return {
        name: replace(rule, severity=Severity(tables[name].severity or rule.severity))
        for name, rule in RULES.items()
        if tables[name].enabled
    }
