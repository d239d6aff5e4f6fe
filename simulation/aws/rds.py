"""Pending changes of RDS instances; moto applies all changes immediately.

RDS API Reference, ModifyDBInstance: a backup retention period that goes from 0 to more, or from more to 0, is changed
in the next maintenance window, unless ApplyImmediately is true; from one non-zero value to another it is changed as
soon as possible. A request with ApplyImmediately also applies pending changes.
"""

from collections.abc import Callable
from typing import Any

from moto.rds.models import DBInstance, RDSBackend, rds_backends

RETENTION = "backup_retention_period"

Modify = Callable[[RDSBackend, str, dict[str, Any]], DBInstance]


def deferring(modify: Modify) -> Modify:
    """Returns ModifyDBInstance as RDS has it, around moto's method."""

    def modify_db_instance(self: RDSBackend, identifier: str, arguments: dict[str, Any]) -> DBInstance:
        database = self.describe_db_instances(identifier)[0]
        pending = _pending(database)
        if arguments.get("apply_immediately"):
            if pending is not None:
                arguments.setdefault(RETENTION, pending)
            pending = None
        elif RETENTION in arguments:
            pending = None
            if bool(arguments[RETENTION]) != bool(database.backup_retention_period):
                pending = int(arguments.pop(RETENTION))
        modified: Any = modify(self, identifier, arguments)
        # moto returns this attribute as PendingModifiedValues.
        modified.pending_modified_values = {} if pending is None else {"BackupRetentionPeriod": pending}
        return database

    return modify_db_instance


def maintain(account: str) -> list[str]:
    """Applies the pending changes of every instance; returns the instances' names."""
    changed = []
    for backend in rds_backends[account].values():
        for name in [name for name, database in backend.databases.items() if _pending(database) is not None]:
            backend.modify_db_instance(name, {"apply_immediately": True})
            changed.append(name)
    return sorted(changed)


def _pending(database: DBInstance) -> int | None:
    pending: dict[str, int] = getattr(database, "pending_modified_values", {})
    return pending.get("BackupRetentionPeriod")
