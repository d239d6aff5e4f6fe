"""Models of the tables of an environment's file."""

from datetime import time
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Severity
from handlers.summarize.texts.languages import LANGUAGES
from settings import fields as values
from settings.base import StrictModel

LATEST_FIRST_EVALUATION = time(5, 59)
LEAST_RETENTION_DAYS = 30

Addresses = values.Filled[values.Address]
Days = Annotated[int, Field(ge=1, le=365), values.Unit("days")]


class AlertsSettings(StrictModel):
    """E-mail recipients of alerts, and the grace period."""

    critical: Addresses
    """e-mail recipients for CRITICAL findings"""
    high: Addresses
    """e-mail recipients for HIGH findings"""
    medium: Addresses
    """e-mail recipients for MEDIUM findings"""
    low: Addresses
    """e-mail recipients for LOW findings"""
    operations: Addresses
    """e-mail recipients for problems of the system itself"""
    grace_seconds: Annotated[int, Field(ge=0, le=600), values.Unit("seconds")] = 120
    """seconds for which a finding may be open without an e-mail, for example while a resource is set up; 0 for
    CRITICAL"""

    def of(self, severity: Severity) -> tuple[str, ...]:
        """Returns the e-mail recipients for findings of a severity."""
        addresses: tuple[str, ...] = getattr(self, severity.lower())
        return addresses


class RemediationSettings(StrictModel):
    """Mode, scope and limits of a remediation."""

    mode: values.ModeName = Mode.PLAN
    """`off`: no function; `plan`: records the plan, with a read-only role; `approve`: remediates after approval;
    `enforce`: remediates without approval"""
    scope: values.Listed[values.ResourceName] = ()
    """the only resources that it may change; at least one required for approve and enforce"""
    max_actions_per_run: Annotated[int, Field(ge=1, le=1000), values.Unit("actions")] = 5
    """maximum number of actions between two evaluations; with enforce, a run that needs more makes none"""
    max_actions_per_day: Annotated[int, Field(ge=1, le=1000), values.Unit("actions")] = 20
    """maximum number of actions in a day (UTC)"""
    max_percent_per_day: Annotated[int, Field(ge=1, le=100), values.Unit("percent")] = 10
    """maximum number of actions in a day, as a percentage of the resources that the rule evaluates; one is always
    allowed"""
    change_windows: values.Listed[values.ChangeWindow] = ()
    """times at which it may write (UTC); default: at any time"""
    approval_hours: Annotated[int, Field(ge=1, le=168), values.Unit("hours")] = 24
    """hours for which an approval is valid"""
    approvals_needed: Annotated[int, Field(ge=1, le=2), values.Unit("approvals")] = 1
    """number of different principals, other than the requester, that must approve a plan, also one of a rollback"""


class AuditSettings(StrictModel):
    """Retention of the audit trail."""

    retention_days: Annotated[int, Field(ge=LEAST_RETENTION_DAYS, le=3650), values.Unit("days")] = LEAST_RETENTION_DAYS
    """days after which records of the audit trail, plans and approvals are deleted"""


class WaiverSettings(StrictModel):
    """Limits of waivers."""

    max_days: Annotated[int, Field(ge=1, le=366), values.Unit("days")] = 180
    """maximum duration of a waiver in days, the first and the last day included"""


class DeadlineSettings(StrictModel):
    """Deadlines of findings, by severity."""

    critical: Days = 2
    """days within which a finding of severity CRITICAL is to be resolved"""
    high: Days = 7
    """days within which a finding of severity HIGH is to be resolved"""
    medium: Days = 30
    """days within which a finding of severity MEDIUM is to be resolved"""
    low: Days = 90
    """days within which a finding of severity LOW is to be resolved"""

    @field_validator("high", "medium", "low")
    @classmethod
    def _validate_order(cls, days: int, info: ValidationInfo) -> int:
        longer = [(name, minimum) for name, minimum in info.data.items() if minimum > days]
        if longer:
            [(name, minimum), *_] = longer
            raise values.refused(f"less than the {minimum} days of {name}, a higher severity", f"{minimum} to 365 days")
        return days


# A checker of types cannot read a Literal from LANGUAGES.
Language = Annotated[
    str,
    Field(pattern=f"^({'|'.join(LANGUAGES)})$", json_schema_extra={"enum": list(LANGUAGES)}),
    values.Allowed(", ".join(LANGUAGES), "unknown"),
]


class SummarySettings(StrictModel):
    """Recipients and language of the executive summary."""

    readers: Addresses
    """e-mail recipients of the daily executive summary"""
    language: Language = "en"
    """language of the summary"""


class ScheduleSettings(StrictModel):
    """Times of scheduled functions, in UTC."""

    first_evaluation: values.TimeOfDay = Field(default=time(0, 0), json_schema_extra={"pattern": "^0[0-5]:[0-5][0-9]$"})
    """time of the first evaluation of the day, 05:59 at the latest; further evaluations follow every six hours"""
    daily_score: values.TimeOfDay = time(7, 0)
    """time of the daily score, which the summary follows; after a failure, the score is retried two hours later and the
    summary three hours later"""

    @field_validator("first_evaluation")
    @classmethod
    def _validate_first_evaluation(cls, value: time) -> time:
        if value > LATEST_FIRST_EVALUATION:
            raise values.refused("too late: further evaluations follow every six hours", "00:00 to 05:59")
        return value


class StateSettings(StrictModel):
    """Backend of the Terraform state."""

    bucket: values.BucketName
    """S3 bucket of the Terraform state"""
    kms_key: values.StateKey
    """KMS key that encrypts the state"""


class OrganizationSettings(StrictModel):
    """The monitored organization."""

    id: values.OrganizationId
    """id of the organization"""
    excluded_accounts: values.Listed[values.AccountId] = ()
    """accounts of the organization that are not monitored"""
