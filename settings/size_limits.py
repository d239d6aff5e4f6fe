"""Checks of the size and number of policies and rules against AWS quotas."""

import json
from typing import Any

from handlers.common.model.criteria import Criteria
from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Guard
from handlers.evaluate.environment import MOST_RULES
from handlers.rules import RULES
from settings.fields import Problem
from settings.model import Settings

# IAM's quotas, in characters without white space (IAM User Guide, "IAM and AWS STS quotas").
MAX_INLINE_LENGTH = 10_240
"""Characters of all inline policies of a role together."""
MAX_MANAGED_LENGTH = 6_144
"""Characters of a managed policy."""
MAX_MANAGED = 10
"""Managed policies of a role, by default."""

MAX_GUARD_LENGTH = 10_000  # characters (AWS Config API Reference, CustomPolicyDetails)
OWN_KEY_LENGTH = 120  # of the monitor's own key, whose ARN is not known yet, in a policy that lists keys

# AWS Config generates the last part of a rule's ARN: six characters in its examples, here eight.
LONGEST_RULE_ARN = "arn:{partition}:config:ap-northeast-3:111122223333:config-rule/config-rule-12345678"
POLICY_OVERHEAD = 200  # maximum length of a policy with one statement, without its ARNs

REMEDIATION_OVERHEAD = 5_000  # maximum length of the policies of a remediation's role, without its scope
MAX_VARIABLES = 4_096  # characters of a function's environment variables (Lambda quotas)
VARIABLES_OVERHEAD = 1_100  # maximum of the variables of `process` and `report` without those that grow

RULE_ARN_LENGTH = 85  # per region


def guard_policy(name: str, source: Guard, criteria: Criteria) -> str:
    """Returns a rendered Guard policy; raises ValueError."""
    text = source.text(criteria)
    if len(text) > MAX_GUARD_LENGTH:
        raise ValueError(
            f"the rendered policy of {name} has {len(text)} characters; allowed: {MAX_GUARD_LENGTH}: shorten the list "
            f"in [rules.{name}]"
        )
    return text


def rules_per_policy(partition: str) -> int:
    """Returns the maximum number of AWS Config rules in one policy of a role."""
    arn = LONGEST_RULE_ARN.format(partition=partition)
    return (MAX_MANAGED_LENGTH - POLICY_OVERHEAD) // len(f'"{arn}",')


def max_rules(partition: str) -> int:
    """Returns the maximum number of AWS Config rules of all regions in inline and managed policies of a role."""
    return rules_per_policy(partition) * (1 + MAX_MANAGED)


def beyond_limits(settings: Settings) -> list[Problem]:
    """Returns the settings that exceed AWS quotas."""
    checks = (_too_many_rules, _too_many_change_triggered, _guard_policies, _scopes, _variables)
    return [problem for check in checks for problem in check(settings)]


def _too_many_rules(settings: Settings) -> list[Problem]:
    count = sum(len(settings.rules_in(region)) for region in settings.monitored_regions)
    maximum = max_rules(settings.deployment.partition)
    if count <= maximum:
        return []
    what = f"{len(settings.catalogue)} rules result in {count} AWS Config rules, too many for a role's policies"
    allowed = (
        f"at most {maximum} in total: fewer rules under [managed_rules] and [conformance_packs], fewer regions, "
        "or a second environment"
    )
    return [Problem(("monitored_regions",), list(settings.monitored_regions), what, allowed)]


def _too_many_change_triggered(settings: Settings) -> list[Problem]:
    """Returns an excess of change-triggered rules, of which a function starts 25 per minute."""
    count = sum(not rule.periodic for rule in settings.catalogue.values())
    if count <= MOST_RULES:
        return []
    what = "with the own rules, more change-triggered rules than one run can start"
    allowed = f"at most {MOST_RULES}, and any number of periodic rules: fewer rules, or a second environment"
    return [Problem(("managed_rules",), f"{count} rules", what, allowed)]


def _guard_policies(settings: Settings) -> list[Problem]:
    found = []
    for rule in settings.catalogue.values():
        if not isinstance(rule.source, Guard):
            continue
        size = len(rule.source.text(settings.criteria()[rule.name]))
        if size > MAX_GUARD_LENGTH - OWN_KEY_LENGTH:
            what = f"with these settings the policy of {rule.name} has {size} characters"
            allowed = f"at most {MAX_GUARD_LENGTH - OWN_KEY_LENGTH}: fewer entries in its list"
            found.append(Problem(("rules", rule.name), None, what, allowed))
    return found


def _scopes(settings: Settings) -> list[Problem]:
    """Returns the scopes that are too long: policies list each resource for each permission and region."""
    found, deployment, regions = [], settings.deployment, settings.monitored_regions
    maximum = MAX_INLINE_LENGTH - REMEDIATION_OVERHEAD - RULE_ARN_LENGTH * len(regions)
    for name, chosen in settings.remediation.items():
        remediation = RULES[name].remediation
        if remediation is None or chosen.mode == Mode.OFF:
            continue
        granted = [*remediation.reads, *(remediation.writes if chosen.mode.writes else ())]
        named = [each.resources(deployment.partition, settings.account_id, regions, chosen.scope) for each in granted]
        size = sum(len(arn) + len('"",') for arns in named for arn in arns)
        if size > maximum:
            what = f"{len(chosen.scope)} resources need {size} characters in the policies of the remediation's role"
            allowed = f"at most {maximum}: fewer resources, or fewer monitored_regions"
            found.append(Problem(("remediation", name, "scope"), None, what, allowed))
    return found


def _variables(settings: Settings) -> list[Problem]:
    """Returns an excess of environment variables: `process` and `report` have all scopes, regions and exclusions."""
    organization = settings.organization
    growing: list[Any] = [settings.remediation_scopes(), settings.remediation_modes(), settings.monitored_regions]
    growing += [organization.excluded_accounts] if organization else []
    size = sum(len(json.dumps(each, separators=(",", ":"))) for each in growing)
    maximum = MAX_VARIABLES - VARIABLES_OVERHEAD
    if size <= maximum:
        return []
    count = sum(len(chosen.scope) for chosen in settings.remediation.values())
    what = (
        f"with regions and excluded accounts, the scopes need {size} characters of a function's environment variables"
    )
    allowed = f"at most {maximum}: fewer resources in all scopes, or a second environment"
    return [Problem(("remediation",), f"{count} resources", what, allowed)]
