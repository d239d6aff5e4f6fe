"""RDS instances and clusters keep automated backups for at least the minimum number of days.

The remediation raises the number to the minimum and never lowers it, and never asks RDS to hurry: what RDS keeps for
the maintenance window waits for it.
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
    """Renders the minimum as a number: Config's rule parameters are text, which Guard does not compare."""
    return {"minimum_days": str(settings.minimum_rds_backup_retention_days)}


def parameters(settings: SupportsRuleSettings) -> Document:
    """Returns the remediation's parameters: {"minimum_days": days}."""
    return {"minimum_days": settings.minimum_rds_backup_retention_days}


def name_of(resource_type: str, _resource_id: str, name: str | None) -> str | None:
    """Config knows an instance as db-ABC…, RDS's API and people by its identifier: `db:orders`, `cluster:orders`."""
    return f"{KINDS[resource_type]}:{name}" if name else None


def find(region: str, name: str) -> str | None:
    """Returns the id by which Config has an instance or cluster of the region, None if there is none of that name."""
    kind, _, identifier = name.partition(":")
    resource_type = CLUSTER if kind == KINDS[CLUSTER] else INSTANCE
    try:
        found = _described(region, resource_type, identifier)
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise
    identity: str | None = found.get("DbClusterResourceId" if resource_type == CLUSTER else "DbiResourceId")
    return identity


def read(target: Target) -> Document:
    """Returns days, pending days (None if none), status, who manages backups ("" for RDS), and both windows.

    The windows are those in which RDS backs up and maintains. Raises NotRemediableError.
    """
    try:
        found = _described(target.region, target.resource_type, _identifier(target))
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            raise NotRemediableError(f"{target.name} does not exist any more") from error
        raise
    return {
        "days": found.get("BackupRetentionPeriod"),
        "pending_days": (found.get("PendingModifiedValues") or {}).get("BackupRetentionPeriod"),
        "status": found.get("DBInstanceStatus") or found.get("Status") or "",
        "managed_by": "AWS Backup" if found.get("AwsBackupRecoveryPointArn") else "",
        "backup_window": found.get("PreferredBackupWindow", ""),
        "maintenance_window": found.get("PreferredMaintenanceWindow", ""),
    }


def _described(region: str, resource_type: str, identifier: str) -> Any:
    rds = clients.rds(region)
    if resource_type == CLUSTER:
        return rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0]
    return rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


def desired(state: Document, _target: Target, parameters: Document) -> Document:
    """At least the minimum, or on its way there; raises NotRemediableError where RDS would refuse to change it."""
    minimum: int = parameters["minimum_days"]
    coming = state["days"] if state["pending_days"] is None else state["pending_days"]
    if coming is None:
        raise NotRemediableError("RDS does not say how long it keeps backups")
    if coming >= minimum:
        return state
    if state["managed_by"]:
        raise NotRemediableError(f"backups are managed by {state['managed_by']}: change its backup plan")
    if state["status"] != AVAILABLE:
        status = state["status"] or "not known"
        raise NotRemediableError(f"the status is {status}: RDS changes only what is {AVAILABLE}")
    return state | {"days": minimum, "pending_days": None}


def calls(_before: Document, after: Document, target: Target) -> list[Call]:
    """Returns one modification, applied when RDS would by itself."""
    days = {"BackupRetentionPeriod": after["days"], "ApplyImmediately": False}
    if target.resource_type == CLUSTER:
        return [Call("rds", "modify_db_cluster", {"DBClusterIdentifier": _identifier(target), **days})]
    return [Call("rds", "modify_db_instance", {"DBInstanceIdentifier": _identifier(target), **days})]


def risk(before: Document, after: Document) -> str:
    """Returns when RDS applies the change, and what that does (RDS API Reference, ModifyDBInstance)."""
    if (before["days"] == 0) != (after["days"] == 0):
        return (
            f"Backups are turned {'on' if after['days'] else 'off'} in the maintenance window ({_window(before)}), "
            "not at once. The database is unavailable for a short time then, as RDS takes a backup."
        )
    when = "Applied as soon as possible for an instance, in the maintenance window at the latest for a cluster"
    kept = "older backups go" if after["days"] < before["days"] else "more backups are kept, and paid for"
    return f"{when} ({_window(before)}), without an interruption; {kept}."


def _right(sid: str, action: str, of: str, why: str) -> Permission:
    return Permission(sid, (action,), "arn:{partition}:rds:{region}:{account}:{name}", why, of=of)


def _window(state: Document) -> str:
    return f"{state['maintenance_window'] or 'not known'}; backups {state['backup_window'] or 'not known'}, UTC"


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
            _right("ReadInstances", "rds:DescribeDBInstances", "db:", "looks before it acts"),
            _right("ReadClusters", "rds:DescribeDBClusters", "cluster:", "looks before it acts"),
        ),
        writes=(
            _right("RaiseOfInstances", "rds:ModifyDBInstance", "db:", "raises the retention"),
            _right("RaiseOfClusters", "rds:ModifyDBCluster", "cluster:", "raises the retention"),
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
