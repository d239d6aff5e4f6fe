"""What a rule is: one declaration from which its deployment, its alerts and its place in reports follow."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from handlers.common.permission import Permission

Document = dict[str, Any]


class Severity(StrEnum):
    """How bad a finding is; each severity has a topic of its own."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class Category(StrEnum):
    """What a rule protects; reports count by it."""

    CONFIGURATION = "configuration"
    ENCRYPTION = "encryption"
    RESILIENCE = "resilience"


class Mode(StrEnum):
    """What a remediation may do: nothing, say what it would do, or do it."""

    OFF = "off"
    PLAN = "plan"
    ENFORCE = "enforce"


class RuleSettings(Protocol):
    """The part of an environment's settings from which rules take their parameters."""

    @property
    def approved_instance_types(self) -> tuple[str, ...]: ...
    @property
    def minimum_rds_backup_retention_days(self) -> int: ...
    @property
    def allowed_kms_keys(self) -> tuple[str, ...]: ...


class NotRemediableError(Exception):
    """The resource cannot be brought into the wanted state by this remediation; the message says why."""


@dataclass(frozen=True)
class Remediation:
    """How a non-compliant resource is brought to compliance, and the rights that takes.

    `read` gives the live state of one resource; `wanted` computes from it the state to reach (the same state, if it is
    compliant already; raises NotRemediableError if there is none); `apply` writes a state. States are JSON documents.
    """

    name: str
    effect: str
    scope_pattern: re.Pattern[str]
    scope_description: str
    reads: tuple[Permission, ...]
    writes: tuple[Permission, ...]
    parameters: Callable[[RuleSettings], Document]
    read: Callable[[str, str], Document]
    wanted: Callable[[Document, str, Document], Document]
    apply: Callable[[str, str, Document], None]


@dataclass(frozen=True)
class Need:
    """What a configuration item must hold for a rule's verdict to mean anything: a value of a kind at a dotted path."""

    path: str
    kind: type

    def met_by(self, item: Document) -> bool:
        """Whether the item holds it."""
        value: Any = item
        for key in self.path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return type(value) is self.kind


@dataclass(frozen=True)
class Rule:
    """A Config rule evaluated by the service itself from a Guard policy.

    `titles` has the title in further languages, by ISO 639-1 code. `needs` has each resource type that the rule judges.
    `policy_values` renders the settings into the `@name` places of the policy, as Guard literals.
    """

    name: str
    title: str
    titles: Mapping[str, str]
    description: str
    severity: Severity
    category: Category
    controls: tuple[str, ...]
    needs: Mapping[str, Need]
    how_to_fix: str
    policy: Path
    policy_values: Callable[[RuleSettings], Mapping[str, str]]
    remediation: Remediation | None = None

    def title_in(self, language: str) -> str:
        """The title in a language, in English where there is none."""
        return self.titles.get(language, self.title)

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The types the rule judges, in Config's spelling, sorted."""
        return tuple(sorted(self.needs))
