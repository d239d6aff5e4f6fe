"""Raises the backup retention to the minimum, and never lowers it.

It does not set ApplyImmediately, so RDS applies some changes in the maintenance window.
"""

import re
from typing import Any

from botocore.exceptions import ClientError

from handlers.common.model.criteria import Criteria
from handlers.common.model.permission import Permission
from handlers.common.model.remediation import Call, Document, NotRemediableError, Remediation, Target
from handlers.common.runtime import clients

MISSING = ("DBInstanceNotFound", "DBClusterNotFoundFault")
AVAILABLE = "available"
INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
KINDS = {INSTANCE: "db", CLUSTER: "cluster"}


def _permission(sid: str, action: str, of: str, why: str) -> Permission:
    return Permission(sid, (action,), "arn:{partition}:rds:{region}:{account}:{name}", why, of=of)


class RaiseRetention(Remediation):
    """Raises the number of days of an instance or cluster."""

    name = "rds-retention"
    effect = "raises the backup retention to the minimum, when RDS would apply it by itself"
    scope_pattern = re.compile(r"(db|cluster):(?!.*--)[a-z][a-z0-9-]{0,61}[a-z0-9]")
    scope_description = '"db:<identifier>" of an instance or "cluster:<identifier>" of a cluster, in lower case'
    reads = (
        _permission("ReadInstances", "rds:DescribeDBInstances", "db:", "reads the state"),
        _permission("ReadClusters", "rds:DescribeDBClusters", "cluster:", "reads the state"),
    )
    writes = (
        _permission("RaiseOfInstances", "rds:ModifyDBInstance", "db:", "raises the retention"),
        _permission("RaiseOfClusters", "rds:ModifyDBCluster", "cluster:", "raises the retention"),
    )
    needs_item = True

    def parameters(self, criteria: Criteria) -> Document:
        """Returns the remediation's parameters: {"minimum_days": days}."""
        return {"minimum_days": criteria["minimum_days"]}

    def name_of(self, resource_type: str, resource_id: str, recorded_name: str | None) -> str | None:
        """Returns `db:orders` or `cluster:orders`, with the identifier of RDS's API; AWS Config's id is db-ABC…."""
        return f"{KINDS[resource_type]}:{recorded_name}" if recorded_name else None

    def find(self, region: str, name: str) -> str | None:
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

    def read(self, target: Target) -> Document:
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

    def desired(self, state: Document, target: Target, parameters: Document) -> Document:
        """Returns a state with at least the minimum, present or pending, if RDS would accept it."""
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

    def calls(self, before: Document, after: Document, target: Target) -> list[Call]:
        """Returns one modification, without ApplyImmediately."""
        days = {"BackupRetentionPeriod": after["days"], "ApplyImmediately": False}
        if target.resource_type == CLUSTER:
            return [Call("rds", "modify_db_cluster", {"DBClusterIdentifier": _identifier(target), **days})]
        return [Call("rds", "modify_db_instance", {"DBInstanceIdentifier": _identifier(target), **days})]

    def risk(self, before: Document, after: Document) -> str:
        """Returns the time and the effects of the change (RDS API Reference, ModifyDBInstance)."""
        if (before["days"] == 0) != (after["days"] == 0):
            return (
                f"Backups are turned {'on' if after['days'] else 'off'} in the maintenance window ({_window(before)}), "
                "not immediately. The database is unavailable for a short time then, because RDS takes a backup."
            )
        when = "Applied as soon as possible for an instance, in the maintenance window at the latest for a cluster"
        effect = (
            "older backups are deleted" if after["days"] < before["days"] else "more backups are retained and charged"
        )
        return f"{when} ({_window(before)}), without an interruption; {effect}."

    def is_apply_pending(self, state: Document) -> bool:
        """Returns whether RDS applies the change in the maintenance window."""
        pending: int | None = state["pending_days"]
        return pending is not None


def _describe(region: str, resource_type: str, identifier: str) -> Any:
    rds = clients.in_region("rds", region)
    if resource_type == CLUSTER:
        return rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0]
    return rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


def _window(state: Document) -> str:
    return f"{state['maintenance_window'] or 'unknown'}; backups {state['backup_window'] or 'unknown'}, UTC"


def _identifier(target: Target) -> str:
    return target.name.partition(":")[2]
