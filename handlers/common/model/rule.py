"""What a rule is: one declaration from which its deployment, its alerts and its place in reports follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from handlers.common.model.remediation import Document, Remediation, SupportsRuleSettings

ACCOUNT_TYPE = "AWS::::Account"
"""The type of a rule about a whole account. Config neither records nor discovers it; its ID is the account's."""

GLOBAL_TYPES = frozenset({"AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"})
"""Types without a region, which Config records and evaluates in every region that is asked to (AWS Config Developer
Guide, "Regional and global resources"); here the home region alone is."""


GLOBAL_RULES = frozenset(
    {
        *("ACCOUNT_PART_OF_ORGANIZATIONS", "IAM_PASSWORD_POLICY", "IAM_POLICY_IN_USE", "IAM_ROOT_ACCESS_KEY_CHECK"),
        *("ROOT_ACCOUNT_HARDWARE_MFA_ENABLED", "ROOT_ACCOUNT_MFA_ENABLED"),
        *("S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC", "SECURITY_ACCOUNT_INFORMATION_PROVIDED"),
    }
)
"""AWS's rules about what an account has once, and not in each region: in every region they would say the same."""


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
    IDENTITY = "identity"
    LOGGING = "logging"
    NETWORK = "network"
    RESILIENCE = "resilience"


@dataclass(frozen=True)
class RequiredField:
    """A value that a rule needs in a configuration item: a dotted path, and the type of the value."""

    path: str
    kind: type

    def is_present_in(self, item: Document) -> bool:
        """Returns whether the item holds it."""
        value: Any = item
        for key in self.path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return type(value) is self.kind


@dataclass(frozen=True)
class Guard:
    """A policy of our own, in Guard's language, which AWS Config evaluates itself.

    `values` renders the settings into the `@name` places of the policy, as Guard literals; `needs` has each resource
    type that the policy evaluates.
    """

    policy: Path
    values: Callable[[SupportsRuleSettings], Mapping[str, str]]
    needs: Mapping[str, RequiredField]

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The types the policy evaluates, in Config's spelling, sorted."""
        return tuple(sorted(self.needs))


@dataclass(frozen=True)
class Managed:
    """One of AWS's own rules, by its identifier; a periodic one is evaluated every six hours, and not at changes.

    `absent` has the monitored regions in which AWS does not have the rule, `unrecorded` the types that AWS Config does
    not record: it has results of them, and no configuration items.
    """

    identifier: str
    parameters: Mapping[str, str]
    resource_types: tuple[str, ...]
    periodic: bool = False
    absent: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A Config rule, whoever wrote what it evaluates by; `titles` has the title in further languages (ISO 639-1)."""

    name: str
    title: str
    titles: Mapping[str, str]
    description: str
    severity: Severity
    category: Category
    controls: tuple[str, ...]
    how_to_fix: str
    source: Guard | Managed
    remediation: Remediation | None = None

    def title_in(self, language: str) -> str:
        """Returns the title in a language, in English where there is none."""
        return self.titles.get(language, self.title)

    @property
    def periodic(self) -> bool:
        """Whether Config evaluates it by itself every six hours."""
        return isinstance(self.source, Managed) and self.source.periodic

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The types the rule evaluates, in Config's spelling, sorted."""
        return self.source.resource_types

    @property
    def recorded_types(self) -> tuple[str, ...]:
        """Those of the types that AWS Config records and lists, sorted."""
        unrecorded = self.source.unrecorded if isinstance(self.source, Managed) else ()
        return tuple(kind for kind in self.resource_types if kind != ACCOUNT_TYPE and kind not in unrecorded)

    def is_absent_from(self, region: str) -> bool:
        """Returns whether AWS does not have the rule in a region."""
        return isinstance(self.source, Managed) and region in self.source.absent

    def without_global_types(self) -> "Rule | None":
        """Returns the rule as it is outside the home region; None if nothing of it is left."""
        source = self.source
        if isinstance(source, Managed) and source.identifier in GLOBAL_RULES:
            return None
        kept = tuple(kind for kind in source.resource_types if kind not in GLOBAL_TYPES)
        if not kept:
            return None
        if isinstance(source, Managed):
            return replace(self, source=replace(source, resource_types=kept))
        return replace(self, source=replace(source, needs={kind: source.needs[kind] for kind in kept}))


def rules_in(region: str, home_region: str, rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Returns the rules that are evaluated in a region, by name, each with the types that it has there."""
    there = {name: rule for name, rule in rules.items() if not rule.is_absent_from(region)}
    if region == home_region:
        return there
    found = {name: rule.without_global_types() for name, rule in there.items()}
    return {name: rule for name, rule in found.items() if rule is not None}
