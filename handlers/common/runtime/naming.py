"""Physical names of resources, and the look-up of rules by the names of their Config rules."""

import re
from collections.abc import Mapping
from typing import TypeVar

from handlers.common.runtime.errors import ComplianceMonitorError

R = TypeVar("R")

PACKAGE = __name__.removesuffix("handlers.common.runtime.naming")
"""The prefix of all packages: empty in the repository, `compliance_monitor.` in the distribution."""

COMMON = f"{PACKAGE}handlers.common"
OPERATE = f"python -m {PACKAGE}operate"
"""The beginning of an operator's command."""

# Prefixes of the names of the topics with e-mail subscriptions.
OPERATIONS_TOPIC = "alerts-operations"
SUMMARY_TOPIC = "executive-summary"
WAIVER_OWNERS_TOPIC = "waiver-owners"


class UnknownRuleError(ComplianceMonitorError, LookupError):
    """A Config rule that is not one of this environment's rules."""


def physical_name(resource_type: str, environment: str, environment_suffix: str) -> str:
    """Returns `<resource-type>-<environment>-<environment suffix>`, for example `alerts-critical-prod-ew1`."""
    return f"{resource_type}-{environment}-{environment_suffix}"


def deployment_label(environment: str, environment_suffix: str) -> str:
    """Returns the label of a deployment in mails and metrics, for example `dev-ew1`."""
    return f"{environment}-{environment_suffix}"


def rule_of(config_rule_name: str, rules: Mapping[str, R], environment: str, environment_suffix: str) -> R:
    """Returns the rule of a Config rule in this or a member account; raises UnknownRuleError."""
    for name, rule in rules.items():
        physical = physical_name(name, environment, environment_suffix)
        if config_rule_name == physical or is_organization_rule(config_rule_name, physical):
            return rule
    raise UnknownRuleError(f"Config rule {config_rule_name!r} is not one of this environment: {', '.join(rules)}")


def organization_prefix(physical: str) -> str:
    """Returns the prefix of an organization rule's name in member accounts (Audit Manager API, SourceKeyword)."""
    return f"OrgConfigRule-{physical}-"


def is_organization_rule(config_rule_name: str, physical: str) -> bool:
    """Returns whether a member account's Config rule is the organization rule, whose name has an 8-character suffix."""
    prefix = organization_prefix(physical)
    return re.fullmatch(re.escape(prefix) + r"[0-9a-z]{8}", config_rule_name) is not None


def alert_topic(severity: str) -> str:
    """Returns the prefix of the topic for findings of a severity."""
    return f"alerts-{severity.lower()}"
