"""Rules: one declaration of a rule determines its deployment, its alerts and its entries in reports."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from handlers.common.model import guard
from handlers.common.model.criteria import Criteria
from handlers.common.model.remediation import Document, Remediation
from handlers.common.model.setting import Monitored, Setting, SettingProblem

ACCOUNT_TYPE = "AWS::::Account"
"""The resource type of rules on whole accounts. AWS Config does not record it; the resource id is the account id."""

GLOBAL_TYPES = frozenset({"AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"})
"""Global types, which AWS Config records and evaluates in every region that is configured to (AWS Config Developer
Guide, "Regional and global resources"). Here only the home region is."""


GLOBAL_RULES = frozenset(
    {
        *("ACCOUNT_PART_OF_ORGANIZATIONS", "IAM_PASSWORD_POLICY", "IAM_POLICY_IN_USE", "IAM_ROOT_ACCESS_KEY_CHECK"),
        *("ROOT_ACCOUNT_HARDWARE_MFA_ENABLED", "ROOT_ACCOUNT_MFA_ENABLED"),
        *("S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC", "SECURITY_ACCOUNT_INFORMATION_PROVIDED"),
    }
)
"""AWS managed rules on global settings of an account, which have the same result in every region."""


class Severity(StrEnum):
    """The severity of a finding. Each severity has its own topic."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class Category(StrEnum):
    """The area that a rule protects. Reports count by category."""

    CONFIGURATION = "configuration"
    ENCRYPTION = "encryption"
    IDENTITY = "identity"
    LOGGING = "logging"
    NETWORK = "network"
    RESILIENCE = "resilience"


@dataclass(frozen=True)
class RequiredField:
    """A value that a rule requires in a configuration item: a dotted path and the value's type."""

    path: str
    kind: type

    def is_present_in(self, item: Document) -> bool:
        """Returns whether the item has a value of this type at the path."""
        value: Any = item
        for key in self.path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return type(value) is self.kind


@dataclass(frozen=True)
class Guard:
    """A custom policy in the Guard language, which AWS Config evaluates.

    `values` returns Guard literals from the criteria, by the names of the policy's `@name` placeholders. `needs` has a
    required field for each resource type that the policy evaluates. `settings` are the rule's own. `problems` yields
    the problems of their values that depend on each other or on the monitored regions and accounts.
    """

    policy: Path
    needs: Mapping[str, RequiredField]
    settings: tuple[Setting, ...] = ()
    values: Callable[[Criteria], Mapping[str, str]] = lambda _criteria: {}
    problems: Callable[[Criteria, Monitored], Iterable[SettingProblem]] = lambda _criteria, _monitored: ()

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The resource types that the policy evaluates, as AWS Config spells them, sorted."""
        return tuple(sorted(self.needs))

    def text(self, criteria: Criteria) -> str:
        """Returns the policy with its values; raises KeyError for a placeholder without a value."""
        return guard.render(self.policy, self.values(criteria))


@dataclass(frozen=True)
class Managed:
    """An AWS managed rule. A periodic rule is evaluated every six hours, and is not change-triggered.

    `absent` has the monitored regions without the rule. `unrecorded` has the types that AWS Config does not record.
    They have evaluation results, but no configuration items.
    """

    identifier: str
    parameters: Mapping[str, str]
    resource_types: tuple[str, ...]
    periodic: bool = False
    absent: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A Config rule, custom or AWS managed. `titles` has the title by further languages (ISO 639-1)."""

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
        """Returns the title in a language, or the English title if there is none."""
        return self.titles.get(language, self.title)

    @property
    def periodic(self) -> bool:
        """Whether the rule is periodic, and not change-triggered."""
        return isinstance(self.source, Managed) and self.source.periodic

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The resource types that the rule evaluates, as AWS Config spells them, sorted."""
        return self.source.resource_types

    @property
    def recorded_types(self) -> tuple[str, ...]:
        """The resource types that AWS Config records, sorted."""
        unrecorded = self.source.unrecorded if isinstance(self.source, Managed) else ()
        return tuple(kind for kind in self.resource_types if kind != ACCOUNT_TYPE and kind not in unrecorded)

    def is_absent_from(self, region: str) -> bool:
        """Returns whether AWS does not offer the rule in a region."""
        return isinstance(self.source, Managed) and region in self.source.absent

    def without_global_types(self) -> "Rule | None":
        """Returns the rule without its global types, for regions other than the home region; None if none is left."""
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
    """Returns the rules that are evaluated in a region, by name, each with its resource types in that region."""
    available = {name: rule for name, rule in rules.items() if not rule.is_absent_from(region)}
    if region == home_region:
        return available
    regional = {name: rule.without_global_types() for name, rule in available.items()}
    return {name: rule for name, rule in regional.items() if rule is not None}
