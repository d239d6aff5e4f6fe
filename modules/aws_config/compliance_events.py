"""Event patterns for changes of compliance, on the default event bus and on the system's own."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from handlers.common.model import events
from handlers.common.runtime.batches import chunks
from handlers.common.runtime.naming import organization_prefix
from handlers.common.stores import evaluations
from settings.deployment import Deployment
from settings.resource_names import NameKind

Pattern = dict[str, Any]

# Names of 64 characters in a pattern of 2,048 (EventBridge quotas); each stands twice where members are heard.
RULES_PER_PATTERN = 20
RULES_PER_PATTERN_WITH_MEMBERS = 8


def batches(rules: Sequence[str], members: bool = False) -> Iterator[tuple[str, list[str]]]:
    """Yields the rules in as many parts as patterns are needed, each with its suffix: nothing, `-2`, `-3`."""
    size = RULES_PER_PATTERN_WITH_MEMBERS if members else RULES_PER_PATTERN
    for number, some in enumerate(chunks(rules, size), start=1):
        yield "" if number == 1 else f"-{number}", some


def from_config(deployment: Deployment, rules: Iterable[str], members: bool = False) -> Pattern:
    """Matches the events of these rules only: other people's rules, and services' own, send the same events.

    With `members` the organization's other accounts are heard as well, where the rules' names are longer.
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


def evaluations_of(deployment: Deployment) -> Pattern:
    """Matches what Config says when it begins to evaluate rules of ours: their names end in the deployment's."""
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
    """Returns the same in some compliance types."""
    pattern = from_config(deployment, rules, members)
    pattern["detail"]["newEvaluationResult"] = {"complianceType": list(compliance_types)}
    return pattern


def missed(deployment: Deployment, **detail: list[str]) -> Pattern:
    """Matches what the report announces on the system's own bus where Config's own event was lost."""
    pattern: Pattern = {
        "source": [events.OWN_SOURCE],
        "detail-type": [events.MISSED_CHANGE],
        "account": [deployment.account_id],
    }
    return pattern | ({"detail": detail} if detail else {})
