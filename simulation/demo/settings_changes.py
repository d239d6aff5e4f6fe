"""Changes that the demo makes to the settings: modes and scopes of remediations, and a waiver."""

from datetime import date, timedelta
from typing import Any

from handlers.common.model.remediation import Mode
from handlers.common.model.waiver import ResourceRef, Waiver
from settings.model import Settings
from settings.sections import RemediationSettings
from simulation.demo import estate, own_rules

WAIVED_DAYS = 3


def planning(settings: Settings, today: date) -> Settings:
    """Returns the settings of the first days: mode plan, and one finding waived until the third day."""
    modes = {
        **settings.remediation,
        own_rules.S3: remediation(Mode.PLAN, buckets(settings)),
        own_rules.RDS: remediation(Mode.PLAN, (f"db:{estate.WEAK_DATABASE}",)),
        own_rules.EC2: remediation(Mode.PLAN, ()),
    }
    return settings.model_copy(update={"remediation": modes}).with_waivers([_waiver(settings, today)])


def acting(settings: Settings, instances: list[str]) -> Settings:
    """Returns the later settings: mode enforce for buckets, approve for a database, and a limit of one instance."""
    modes = {
        **settings.remediation,
        own_rules.S3: remediation(Mode.ENFORCE, buckets(settings)),
        own_rules.RDS: remediation(Mode.APPROVE, (f"db:{estate.WEAK_DATABASE}",)),
        own_rules.EC2: remediation(Mode.ENFORCE, tuple(instances), max_actions_per_run=1),
    }
    return settings.model_copy(update={"remediation": modes})


def remediation(mode: Mode, scope: tuple[str, ...], **more: Any) -> RemediationSettings:
    """Returns a remediation's settings, without a percentage limit, which a small estate would reach."""
    return RemediationSettings(mode=mode if scope else Mode.PLAN, scope=scope, max_percent_per_day=100, **more)


def buckets(settings: Settings) -> tuple[str, ...]:
    """Returns the buckets in scope."""
    return tuple(f"{name}-{settings.environment}" for name in (estate.PLANNED_BUCKET, "customer-statements"))


def waived_bucket(settings: Settings) -> str:
    """Returns the bucket whose finding is waived."""
    return f"{estate.WAIVED_BUCKET}-{settings.environment}"


def _waiver(settings: Settings, today: date) -> Waiver:
    resource = ResourceRef(
        account=settings.account_id,
        region=settings.home_region,
        resource_type="AWS::S3::Bucket",
        resource_id=waived_bucket(settings),
    )
    return Waiver(
        id="marketing-move",
        rule=own_rules.S3,
        owner="marketing@example.com",
        approver="ciso-office@example.com",
        reason="The agency moves the bucket this week; until then its tool knows no KMS.",
        ticket="RISK-4711",
        compensating_measure="The bucket holds published pictures only.",
        start=today.isoformat(),
        end=(today + timedelta(days=WAIVED_DAYS - 1)).isoformat(),
        resource=resource,
    )
