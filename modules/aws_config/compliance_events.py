"""Event patterns for compliance changes, on the default event bus and on the monitor's own."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from handlers.common.model import events
from handlers.common.runtime.batches import chunks
from handlers.common.runtime.naming import organization_prefix
from handlers.common.stores import evaluations
from settings.deployment import Deployment
from settings.resource_names import NameKind

Pattern = dict[str, Any]

# Names of 64 characters in a pattern of 2,048 (EventBridge quotas); with members, each name occurs twice.
RULES_PER_PATTERN = 20
RULES_PER_PATTERN_WITH_MEMBERS = 8


def batches(rules: Sequence[str], members: bool = False) -> Iterator[tuple[str, list[str]]]:
    """Yields the rules of each event pattern with the pattern's suffix: none, `-2`, `-3`."""
    size = RULES_PER_PATTERN_WITH_MEMBERS if members else RULES_PER_PATTERN
    for number, batch in enumerate(chunks(rules, size), start=1):
        yield "" if number == 1 else f"-{number}", batch


def change_pattern(deployment: Deployment, rules: Iterable[str], members: bool = False) -> Pattern:
    """Returns the pattern of compliance changes of `rules` only; all AWS Config rules send such events.

    With `members` it includes the organization's other accounts, where rule names have a longer form.
    """
    names: list[Any] = [deployment.name(rule, NameKind.CONFIG_RULE) for rule in rules]
    if members:
        names += [{"prefix": organization_prefix(name)} for name in names]
    pattern: Pattern = {
        "source": [events.CONFIG_SOURCE],
        "detail-type": [events.COMPLIANCE_CHANGE],
        "detail": {"messageType": [events.CHANGE_MESSAGE], "configRuleName": names},
    }
    return pattern if members else pattern | {"account": [deployment.account_id]}


def evaluation_pattern(deployment: Deployment) -> Pattern:
    """Returns the pattern of started evaluations of the deployment's rules, by the suffix of their names."""
    return {
        "source": [events.CONFIG_SOURCE],
        "detail-type": [evaluations.STATUS],
        "account": [deployment.account_id],
        "detail": {
            "messageType": [evaluations.STARTED],
            "configRuleNames": [{"suffix": f"-{deployment.label}"}],
        },
    }


def pattern_for(
    deployment: Deployment, rules: Iterable[str], compliance_types: Iterable[str], members: bool = False
) -> Pattern:
    """Returns the pattern of changes of `rules` to one of the compliance types."""
    pattern = change_pattern(deployment, rules, members)
    pattern["detail"]["newEvaluationResult"] = {"complianceType": list(compliance_types)}
    return pattern


def missed(deployment: Deployment, **detail: list[str]) -> Pattern:
    """Returns the pattern of the report's events for changes whose AWS Config event was lost."""
    pattern: Pattern = {
        "source": [events.OWN_SOURCE],
        "detail-type": [events.MISSED_CHANGE],
        "account": [deployment.account_id],
    }
    return pattern | ({"detail": detail} if detail else {})
