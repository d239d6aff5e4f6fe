"""RDS instances and clusters retain automated backups for at least the minimum number of days.

The remediation raises the number to the minimum and never lowers it. It does not set ApplyImmediately, so RDS applies
some changes in the maintenance window.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.model.permission import Permission
from handlers.common.model.remediation import (
    Call,
    Document,
    NotRemediableError,
    Remediation,
    SupportsRuleSettings,
    Target,
)
from handlers.common.model.rule import Category, Guard, RequiredField, Rule, Severity
from handlers.common.runtime import clients


def policy_values(settings: SupportsRuleSettings) -> Mapping[str, str]:
    """Returns the minimum as a number literal. Parameters of a Config rule are strings, which Guard cannot compare."""
    return {"minimum_days": str(settings.minimum_rds_backup_retention_days)}


def parameters(settings: SupportsRuleSettings) -> Document:
    """Returns the remediation's parameters: {"minimum_days": days}."""
    return {"minimum_days": settings.minimum_rds_backup_retention_days}


def name_of(resource_type: str, _resource_id: str, name: str | None) -> str | None:
    """Returns `db:orders` or `cluster:orders`, with the identifier of RDS's API; the id of AWS Config is db-ABC…."""
    return f"{KINDS[resource_type]}:{name}" if name else None


def find(region: str, name: str) -> str | None:
    """Returns AWS Config's id of an instance or cluster in the region; None if it does not exist."""
    kind, _, identifier = name.partition(":")
    resource_type = CLUSTER if kind == KINDS[CLUSTER] else INSTANCE
    try:
        database = _describe(region, resource_type, identifier)
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise
    identity: str | None = database.get("DbClusterResourceId" if resource_type == CLUSTER else "DbiResourceId")
    return identity


def read(target: Target) -> Document:
    """Returns days, pending days (or None), status, the manager of backups ("" for RDS), and both windows in UTC.

    The windows are those for backups and maintenance. Raises NotRemediableError.
    """
    try:
        database = _describe(target.region, target.resource_type, _identifier(target))
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            raise NotRemediableError(f"{target.name} no longer exists") from error
        raise
    return {
        "days": database.get("BackupRetentionPeriod"),
        "pending_days": (database.get("PendingModifiedValues") or {}).get("BackupRetentionPeriod"),
        "status": database.get("DBInstanceStatus") or database.get("Status") or "",
        "managed_by": "AWS Backup" if database.get("AwsBackupRecoveryPointArn") else "",
        "backup_window": database.get("PreferredBackupWindow", ""),
        "maintenance_window": database.get("PreferredMaintenanceWindow", ""),
    }


def _describe(region: str, resource_type: str, identifier: str) -> Any:
    rds = clients.rds(region)
    if resource_type == CLUSTER:
        return rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0]
    return rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


def desired(state: Document, _target: Target, parameters: Document) -> Document:
    """Returns a state with at least the minimum, present or pending; raises NotRemediableError if RDS would refuse."""
    minimum: int = parameters["minimum_days"]
    days = state["days"] if state["pending_days"] is None else state["pending_days"]
    if days is None:
        raise NotRemediableError("RDS returned no backup retention period")
    if days >= minimum:
        return state
    if state["managed_by"]:
        raise NotRemediableError(f"backups are managed by {state['managed_by']}: change its backup plan")
    if state["status"] != AVAILABLE:
        status = state["status"] or "unknown"
        raise NotRemediableError(f"the status is {status}: RDS can only be changed in status {AVAILABLE}")
    return state | {"days": minimum, "pending_days": None}


def calls(_before: Document, after: Document, target: Target) -> list[Call]:
    """Returns one modification, without ApplyImmediately."""
    days = {"BackupRetentionPeriod": after["days"], "ApplyImmediately": False}
    if target.resource_type == CLUSTER:
        return [Call("rds", "modify_db_cluster", {"DBClusterIdentifier": _identifier(target), **days})]
    return [Call("rds", "modify_db_instance", {"DBInstanceIdentifier": _identifier(target), **days})]


def risk(before: Document, after: Document) -> str:
    """Returns the time and the effects of the change (RDS API Reference, ModifyDBInstance)."""
    if (before["days"] == 0) != (after["days"] == 0):
        return (
            f"Backups are turned {'on' if after['days'] else 'off'} in the maintenance window ({_window(before)}), "
            "not immediately. The database is unavailable for a short time then, because RDS takes a backup."
        )
    when = "Applied as soon as possible for an instance, in the maintenance window at the latest for a cluster"
    effect = "older backups are deleted" if after["days"] < before["days"] else "more backups are retained and charged"
    return f"{when} ({_window(before)}), without an interruption; {effect}."


def _permission(sid: str, action: str, of: str, why: str) -> Permission:
    return Permission(sid, (action,), "arn:{partition}:rds:{region}:{account}:{name}", why, of=of)


def _window(state: Document) -> str:
    return f"{state['maintenance_window'] or 'unknown'}; backups {state['backup_window'] or 'unknown'}, UTC"


def _identifier(target: Target) -> str:
    return target.name.partition(":")[2]


MISSING = ("DBInstanceNotFound", "DBClusterNotFoundFault")
AVAILABLE = "available"
INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
KINDS = {INSTANCE: "db", CLUSTER: "cluster"}

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
            CLUSTER: RequiredField("configuration.backupRetentionPeriod", int),
            INSTANCE: RequiredField("configuration.backupRetentionPeriod", int),
        },
    ),
    remediation=Remediation(
        name="rds-retention",
        effect="raises the backup retention to the minimum, when RDS would apply it by itself",
        scope_pattern=re.compile(r"(db|cluster):(?!.*--)[a-z][a-z0-9-]{0,61}[a-z0-9]"),
        scope_description='"db:<identifier>" of an instance or "cluster:<identifier>" of a cluster, in lower case',
        reads=(
            _permission("ReadInstances", "rds:DescribeDBInstances", "db:", "reads the state"),
            _permission("ReadClusters", "rds:DescribeDBClusters", "cluster:", "reads the state"),
        ),
        writes=(
            _permission("RaiseOfInstances", "rds:ModifyDBInstance", "db:", "raises the retention"),
            _permission("RaiseOfClusters", "rds:ModifyDBCluster", "cluster:", "raises the retention"),
        ),
        parameters=parameters,
        name_of=name_of,
        find=find,
        read=read,
        desired=desired,
        calls=calls,
        risk=risk,
        is_apply_pending=lambda state: state["pending_days"] is not None,
        needs_item=True,
    ),
)
