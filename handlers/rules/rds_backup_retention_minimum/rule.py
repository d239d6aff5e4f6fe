"""RDS instances and clusters retain automated backups for at least the minimum number of days."""

from collections.abc import Mapping
from pathlib import Path

from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Category, Guard, RequiredField, Rule, Severity
from handlers.common.model.setting import Integer, Setting
from handlers.rules.rds_backup_retention_minimum.remediation import CLUSTER, INSTANCE, RaiseRetention


def policy_values(criteria: Criteria) -> Mapping[str, str]:
    """Returns the minimum as a number literal. Parameters of a Config rule are strings, which Guard cannot compare."""
    return {"minimum_days": str(criteria["minimum_days"])}


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
        policy=Path(__file__).with_name("policy.guard"),
        needs={
            CLUSTER: RequiredField("configuration.backupRetentionPeriod", int),
            INSTANCE: RequiredField("configuration.backupRetentionPeriod", int),
        },
        settings=(
            Setting(
                name="minimum_days",
                description="minimum number of days for which RDS retains automated backups",
                form=Integer(1, 35, "days"),
                default=7,
            ),
        ),
        values=policy_values,
    ),
    remediation=RaiseRetention(),
)
