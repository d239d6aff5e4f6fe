"""How long policies become with the settings in them, against what AWS takes: checked where settings are read."""

from handlers.common import guard
from handlers.common.remediation import Mode, RuleSettings
from handlers.common.rule import Guard
from handlers.rules import RULES
from modules.settings import Settings
from modules.values import Problem

LONGEST_GUARD_POLICY = 10_000  # characters (AWS Config API Reference, CustomPolicyDetails)
OWN_KEY = 120  # what the system's own key, whose ARN nobody knows yet, adds to a policy that lists keys

LONGEST_INLINE = 10_240  # of all inline policies of a role together (IAM quotas)
BESIDE_THE_SCOPE = 5_000  # what a remediation's role has of them without its scope, at the most
RULE_ARN = 85  # for each region


class PolicyTooLongError(ValueError):
    """A rule's Guard policy, with the settings in it, is longer than AWS Config takes."""


def guard_policy(name: str, source: Guard, settings: RuleSettings) -> str:
    """A Guard policy with the settings in it; raises PolicyTooLongError."""
    text = guard.render(source.policy, source.values(settings))
    if len(text) > LONGEST_GUARD_POLICY:
        raise PolicyTooLongError(
            f"the policy of {name} has {len(text)} characters with the settings in it, {LONGEST_GUARD_POLICY} are "
            "allowed: shorten the list under [rules] that it is made of (approved_instance_types or s3_keys)"
        )
    return text


def too_long(settings: Settings) -> list[Problem]:
    """The lists that make a policy longer than AWS takes."""
    return [*_guard_policies(settings), *_scopes(settings)]


def _guard_policies(settings: Settings) -> list[Problem]:
    found = []
    for rule in RULES.values():
        if not isinstance(rule.source, Guard):
            continue
        size = len(guard.render(rule.source.policy, rule.source.values(settings.criteria)))
        if size > LONGEST_GUARD_POLICY - OWN_KEY:
            what = f"with these settings the policy of {rule.name} has {size} characters"
            allowed = f"at most {LONGEST_GUARD_POLICY - OWN_KEY}: fewer approved_instance_types or s3_keys"
            found.append(Problem(("rules",), None, what, allowed))
    return found


def _scopes(settings: Settings) -> list[Problem]:
    """A remediation's role names each resource of its scope once for each right, in each region where it has one."""
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
