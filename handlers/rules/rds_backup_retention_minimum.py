"""RDS instances and clusters keep automated backups for at least the minimum number of days."""

from collections.abc import Mapping
from pathlib import Path

from handlers.common.rule import Category, Guard, Need, Rule, RuleSettings, Severity


def policy_values(settings: RuleSettings) -> Mapping[str, str]:
    """The minimum stands in the policy as a number: Config's rule parameters are text, which Guard does not compare."""
    return {"minimum_days": str(settings.minimum_rds_backup_retention_days)}


RULE = Rule(
    name="rds-backup-retention-minimum",
    title="RDS backup retention is below the minimum",
    titles={
        "de": "RDS-Backups werden kürzer als vorgeschrieben aufbewahrt",
        "fr": "La rétention des sauvegardes RDS est inférieure au minimum",
        "nl": "RDS-back-ups worden korter dan het minimum bewaard",
    },
    description="RDS instances and clusters keep automated backups for at least the minimum number of days.",
    severity=Severity.HIGH,
    category=Category.RESILIENCE,
    controls=("NIST-800-53-r5/CP-9", "AWS-SecurityHub/RDS.11"),
    how_to_fix="Raise the backup retention period of the instance or cluster to the minimum. "
    "Going from 0 days to any other number can interrupt the database: do it in its maintenance window.",
    source=Guard(
        policy=Path(__file__).with_suffix(".guard"),
        values=policy_values,
        needs={
            "AWS::RDS::DBCluster": Need("configuration.backupRetentionPeriod", int),
            "AWS::RDS::DBInstance": Need("configuration.backupRetentionPeriod", int),
        },
    ),
)
