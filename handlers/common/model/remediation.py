"""Remediations: how a rule declares that its non-compliant resources become compliant."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from handlers.common.model.permission import Permission
from handlers.common.runtime.errors import ComplianceMonitorError

Document = dict[str, Any]


class Mode(StrEnum):
    """Off, plan only, apply plans after approval, or apply plans without approval."""

    OFF = "off"
    PLAN = "plan"
    APPROVE = "approve"
    ENFORCE = "enforce"

    @property
    def writes(self) -> bool:
        """Whether the function's role may change resources of the customer."""
        return self in (Mode.APPROVE, Mode.ENFORCE)


class SupportsRuleSettings(Protocol):
    """The settings of an environment that rules take their parameters from."""

    @property
    def approved_instance_types(self) -> tuple[str, ...]: ...
    @property
    def minimum_rds_backup_retention_days(self) -> int: ...
    @property
    def s3_keys(self) -> str | tuple[str, ...]: ...
    @property
    def account_id(self) -> str: ...


class NotRemediableError(ComplianceMonitorError):
    """The remediation cannot bring the resource into the desired state; the message says why."""


@dataclass(frozen=True)
class Target:
    """The resource to remediate. `name` is its name in the service's API and in scopes; AWS Config may use another id.

    `item` is its configuration item, for remediations with `needs_item`.
    """

    account: str
    region: str
    resource_type: str
    resource_id: str
    name: str
    item: Document | None = None


@dataclass(frozen=True)
class Call:
    """An API call with its boto3 parameters, which is the same in the plan, in the approval and when it is made."""

    service: str
    operation: str
    parameters: Document

    def document(self) -> Document:
        """Returns the call as in plans and records."""
        return {"service": self.service, "operation": self.operation, "parameters": self.parameters}


@dataclass(frozen=True, kw_only=True)
class Remediation:
    """The remediation of one rule. States are JSON documents.

    `name_of` returns the name of a resource from its type, its id and its recorded name; None if a name is required and
    missing. `find` is the inverse, where names are not ids: it returns the id of a named resource in a region, or None.
    With `needs_item` the target has its configuration item. `read` returns the present state. `desired` returns the
    state to reach, equal to the present one if it is reached, or raises NotRemediableError. `calls` returns the API
    calls from one state to another; a rollback swaps the states. `risk` describes the effects of the change for the
    approver. `obstacle` describes what a change would break; if it is not empty, no plan is made. Rollbacks ignore it.

    `is_apply_pending` returns whether AWS has accepted the change and applies it later.
    `state_is_recorded`: `read` takes the state from the configuration item, which may be older than a write.
    `resolves`: the resource is compliant afterwards; otherwise the finding stays open.
    """

    name: str
    effect: str
    scope_pattern: re.Pattern[str]
    scope_description: str
    reads: tuple[Permission, ...]
    writes: tuple[Permission, ...]
    parameters: Callable[[SupportsRuleSettings], Document]
    read: Callable[[Target], Document]
    desired: Callable[[Document, Target, Document], Document]
    calls: Callable[[Document, Document, Target], list[Call]]
    risk: Callable[[Document, Document], str]
    name_of: Callable[[str, str, str | None], str | None] = lambda _type, resource_id, _name: resource_id
    find: Callable[[str, str], str | None] | None = None
    obstacle: Callable[[Target], str] = lambda _target: ""
    is_apply_pending: Callable[[Document], bool] = lambda _state: False
    needs_item: bool = False
    state_is_recorded: bool = False
    resolves: bool = True
