"""The own rules for which the demo creates resources, and the values of their settings."""

from collections.abc import Collection

from settings.model import Settings
from simulation.aws.config.inventory import LIVE_TYPES

EC2 = "ec2-instance-type-approved"
RDS = "rds-backup-retention-minimum"
S3 = "s3-bucket-default-encryption-kms"

STORY_RULES = {EC2, RDS, S3}
"""The rules of the story, whose results on each resource it expects."""


def approved_types(settings: Settings) -> tuple[str, ...]:
    """Returns the approved instance types."""
    return tuple(settings.criteria()[EC2]["approved_instance_types"])


def minimum_days(settings: Settings) -> int:
    """Returns the minimum backup retention period in days."""
    return int(settings.criteria()[RDS]["minimum_days"])


def keys_allowed(settings: Settings) -> str | tuple[str, ...]:
    """Returns the KMS keys that are allowed for buckets."""
    keys: str | tuple[str, ...] = settings.criteria()[S3]["keys"]
    return keys


def further_on_same_types(settings: Settings) -> list[str]:
    """Returns the further rules on types of the story's resources, for which the story expects no results."""
    further = {name: rule for name, rule in settings.own_rules.items() if name not in STORY_RULES}
    return [name for name, rule in further.items() if not LIVE_TYPES.isdisjoint(rule.resource_types)]


def without(settings: Settings, rules: Collection[str]) -> Settings:
    """Returns the settings with some own rules disabled."""
    remediation = {name: each for name, each in settings.remediation.items() if name not in rules}
    return settings.model_copy(update={"rules": settings.rules.without(rules), "remediation": remediation})
