"""The tables of an environment's file."""

from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from handlers.common.languages import LANGUAGES
from handlers.common.rule import Mode, Severity
from modules import values
from modules.part import Part

LATEST_FIRST_EVALUATION = time(5, 59)

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

    def of(self, severity: Severity) -> tuple[str, ...]:
        """Who is told of findings of a severity."""
        addresses: tuple[str, ...] = getattr(self, severity.lower())
        return addresses


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


class OrganizationSettings(Part):
    """The organization whose accounts are monitored with this one, but for the excluded ones."""

    id: values.OrganizationId
    excluded_accounts: Annotated[values.Texts, BeforeValidator(values.each(values.account_id))] = ()
