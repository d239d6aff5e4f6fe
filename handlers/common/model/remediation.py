"""How a non-compliant resource is brought to compliance: what a rule declares of it, beside the rule."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from handlers.common.model.permission import Permission
from handlers.common.runtime.errors import ComplianceMonitorError

Document = dict[str, Any]


class Mode(StrEnum):
    """What a remediation may do: nothing, say what it would do, do it when someone has approved, or do it."""

    OFF = "off"
    PLAN = "plan"
    APPROVE = "approve"
    ENFORCE = "enforce"

    @property
    def writes(self) -> bool:
        """Whether the function's role may change anything of the client's."""
        return self in (Mode.APPROVE, Mode.ENFORCE)


class SupportsRuleSettings(Protocol):
    """The part of an environment's settings from which rules take their parameters."""

    @property
    def approved_instance_types(self) -> tuple[str, ...]: ...
    @property
    def minimum_rds_backup_retention_days(self) -> int: ...
    @property
    def s3_keys(self) -> str | tuple[str, ...]: ...
    @property
    def account_id(self) -> str: ...


class NotRemediableError(ComplianceMonitorError):
    """The resource cannot be brought into the wanted state by this remediation; the message says why."""


@dataclass(frozen=True)
class Target:
    """The resource that is worked on. `name` is what AWS's API and a scope call it, which need not be Config's id.

    `item` is its configuration item, for remediations that ask for it.
    """

    account: str
    region: str
    resource_type: str
    resource_id: str
    name: str
    item: Document | None = None


@dataclass(frozen=True)
class Call:
    """An API call as boto3 makes it: what a plan lists, what is approved, and what is carried out are the same."""

    service: str
    operation: str
    parameters: Document

    def document(self) -> Document:
        """Returns the call as plans and records have it."""
        return {"service": self.service, "operation": self.operation, "parameters": self.parameters}


@dataclass(frozen=True, kw_only=True)
class Remediation:
    """One per rule; states are JSON documents.

    `name_of` gives the scope's word for a resource of a type from its id and the name that Config has recorded; None
    where it cannot be derived without a name. `find` is the way back, where a name is no id: the id by which Config has
    a named resource of a region, None if there is none. With `needs_item` the target has its configuration item.
    `read` gives the present state; `wanted` computes from it the state to reach (the same, if that is reached; raises
    NotRemediableError if there is none); `calls` are the API calls that lead from one state to another, in either
    direction: undoing is the same as doing. `risk` says what a change of state may bring about, for who approves it.
    `obstacle` says what else there is at the resource that a change would break; where it says anything, nothing is
    planned. It is not part of the state: an undoing does not depend on it.

    `is_pending` says of a state that AWS has taken the change and makes it later.
    `state_is_recorded` says that `read` takes the state from the configuration item, which may be older than a write.
    `resolves` says that Config will find the resource compliant afterwards; where not, the finding stays open.
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
