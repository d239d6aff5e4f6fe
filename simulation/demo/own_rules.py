"""The own rules for which the demo creates resources, and the values of their settings."""

from settings.model import Settings

EC2 = "ec2-instance-type-approved"
RDS = "rds-backup-retention-minimum"
S3 = "s3-bucket-default-encryption-kms"

STORY_RULES = {EC2, RDS, S3}
"""The rules of the story; further rules must not evaluate the resources that it creates."""


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
