"""How long and how many policies and rules become by the settings, against what AWS takes."""

from handlers.common.model import guard
from handlers.common.model.remediation import Mode, SupportsRuleSettings
from handlers.common.model.rule import Guard
from handlers.evaluate.environment import MOST_RULES
from handlers.rules import RULES
from settings.fields import Problem
from settings.model import Settings

# IAM's quotas, in characters without white space (IAM User Guide, "IAM and AWS STS quotas").
LONGEST_INLINE = 10_240
"""Of all inline policies of a role together."""
LONGEST_MANAGED = 6_144
"""Of a managed policy."""
MOST_MANAGED = 10
"""Managed policies of a role, if no higher quota was granted."""

LONGEST_GUARD_POLICY = 10_000  # characters (AWS Config API Reference, CustomPolicyDetails)
OWN_KEY = 120  # what the system's own key, whose ARN is unknown yet, adds to a policy that lists keys

# AWS Config generates the last part of a rule's ARN: six characters in its examples, here eight.
LONGEST_RULE_ARN = "arn:{partition}:config:ap-northeast-3:111122223333:config-rule/config-rule-12345678"
ROUND_ARNS = 200  # what a policy with one statement has beside its ARNs, at the most

BESIDE_THE_SCOPE = 5_000  # what a remediation's role has of them without its scope, at the most
RULE_ARN = 85  # for each region


def guard_policy(name: str, source: Guard, settings: SupportsRuleSettings) -> str:
    """Returns a Guard policy with the settings in it; raises ValueError."""
    text = guard.render(source.policy, source.values(settings))
    if len(text) > LONGEST_GUARD_POLICY:
        raise ValueError(
            f"the policy of {name} has {len(text)} characters with the settings in it, {LONGEST_GUARD_POLICY} are "
            f"allowed: shorten the list in [rules.{name}] that it is made of"
        )
    return text


def rules_per_policy(partition: str) -> int:
    """Returns how many Config rules one policy of a role can name."""
    arn = LONGEST_RULE_ARN.format(partition=partition)
    return (LONGEST_MANAGED - ROUND_ARNS) // len(f'"{arn}",')


def most_rules(partition: str) -> int:
    """Returns how many Config rules of all regions together a role can name, inline and in managed policies."""
    return rules_per_policy(partition) * (1 + MOST_MANAGED)


def beyond_limits(settings: Settings) -> list[Problem]:
    """Returns the settings that lead beyond what AWS takes."""
    checks = (_too_many_rules, _too_many_at_changes, _guard_policies, _scopes)
    return [problem for check in checks for problem in check(settings)]


def _too_many_rules(settings: Settings) -> list[Problem]:
    count = sum(len(settings.rules_in(region)) for region in settings.monitored_regions)
    most = most_rules(settings.deployment.partition)
    if count <= most:
        return []
    what = f"{len(settings.catalogue)} rules there are {count} Config rules, more than a role's policies can name"
    allowed = (
        f"at most {most} in all: fewer rules under [managed_rules] and [conformance_packs], fewer regions, "
        "or a second environment"
    )
    return [Problem(("monitored_regions",), list(settings.monitored_regions), what, allowed)]


def _too_many_at_changes(settings: Settings) -> list[Problem]:
    """Change-triggered rules are started by a function, 25 in a minute."""
    count = sum(not rule.periodic for rule in settings.catalogue.values())
    if count <= MOST_RULES:
        return []
    what = "together with the system's own, more rules evaluated at changes than can be started in one run"
    allowed = f"at most {MOST_RULES}, and any number of periodic ones: fewer rules, or a second environment"
    return [Problem(("managed_rules",), f"{count} rules", what, allowed)]


def _guard_policies(settings: Settings) -> list[Problem]:
    found = []
    for rule in settings.catalogue.values():
        if not isinstance(rule.source, Guard):
            continue
        size = len(guard.render(rule.source.policy, rule.source.values(settings.criteria)))
        if size > LONGEST_GUARD_POLICY - OWN_KEY:
            what = f"with these settings the policy of {rule.name} has {size} characters"
            allowed = f"at most {LONGEST_GUARD_POLICY - OWN_KEY}: fewer entries in its list"
            found.append(Problem(("rules", rule.name), None, what, allowed))
    return found


def _scopes(settings: Settings) -> list[Problem]:
    """Returns the length of a remediation's policies: each resource of its scope once for each right and region."""
    found, deployment, regions = [], settings.deployment, settings.monitored_regions
    most = LONGEST_INLINE - BESIDE_THE_SCOPE - RULE_ARN * len(regions)
    for name, chosen in settings.remediation.items():
        remediation = RULES[name].remediation
        if remediation is None or chosen.mode == Mode.OFF:
            continue
        rights = [*remediation.reads, *(remediation.writes if chosen.mode.writes else ())]
        named = [each.resources(deployment.partition, settings.account_id, regions, chosen.scope) for each in rights]
        size = sum(len(arn) + len('"",') for arns in named for arn in arns)
        if size > most:
            what = f"{len(chosen.scope)} resources take {size} characters of the policies of the remediation's role"
            allowed = f"at most {most}: fewer resources, or fewer monitored_regions"
            found.append(Problem(("remediation", name, "scope"), None, what, allowed))
    return found
