"""Remediations: how a rule declares that its non-compliant resources become compliant."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handlers.common.model.criteria import Criteria
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


class Remediation(ABC):
    """The remediation of a rule. States are JSON documents, which plans and audit records contain.

    `name` is part of the function's name. `effect` completes the sentence "it …". `scope_pattern` matches the names of
    resources in a scope, and `scope_description` describes it. `reads` and `writes` are the permissions on the
    resources. `rollback` are those that a person needs in addition to roll back; the function does not have them.

    `needs_item`: the target has its configuration item.
    `state_is_recorded`: `read` takes the state from the configuration item, which may be older than a write.
    `resolves`: the resource is compliant afterwards; otherwise the finding stays open.
    """

    name: str
    effect: str
    scope_pattern: re.Pattern[str]
    scope_description: str
    reads: tuple[Permission, ...] = ()
    writes: tuple[Permission, ...]
    rollback: tuple[Permission, ...] = ()
    needs_item: bool = False
    state_is_recorded: bool = False
    resolves: bool = True

    @abstractmethod
    def read(self, target: Target) -> Document:
        """Returns the present state; raises NotRemediableError."""

    @abstractmethod
    def desired(self, state: Document, target: Target, parameters: Document) -> Document:
        """Returns the state to reach, equal to the present one if it is reached; raises NotRemediableError."""

    @abstractmethod
    def calls(self, before: Document, after: Document, target: Target) -> list[Call]:
        """Returns the API calls from one state to another; a rollback swaps the states."""

    @abstractmethod
    def risk(self, before: Document, after: Document) -> str:
        """Returns the effects of the change, for the approver."""

    def parameters(self, criteria: Criteria) -> Document:
        """Returns the parameters of `desired`."""
        return {}

    def name_of(self, resource_type: str, resource_id: str, recorded_name: str | None) -> str | None:
        """Returns the name of a resource in a scope; None if a recorded name is required and missing."""
        return resource_id

    def find(self, region: str, name: str) -> str | None:
        """Returns AWS Config's id of a named resource in a region, or None if it does not exist."""
        return name

    def obstacle(self, target: Target) -> str:
        """Returns what a change would break; if it is not empty, no plan is made. Rollbacks ignore it."""
        return ""

    def is_apply_pending(self, state: Document) -> bool:
        """Returns whether AWS has accepted the change and applies it later."""
        return False
