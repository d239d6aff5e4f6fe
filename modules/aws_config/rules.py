"""AWS Config rules of one region: custom policy rules in Guard, and managed rules."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.config_config_rule import (
    ConfigConfigRule,
    ConfigConfigRuleScope,
    ConfigConfigRuleSource,
    ConfigConfigRuleSourceCustomPolicyDetails,
    ConfigConfigRuleSourceSourceDetail,
)
from constructs import Construct

from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Guard, Managed, Rule
from modules.aws_config.criteria import require_criteria
from modules.resources.iam import compact
from settings.deployment import Deployment
from settings.resource_names import NameKind
from settings.size_limits import guard_policy

# The only message types of custom policy rules.
CHANGE_MESSAGE_TYPES = ("ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification")

POLICY_RUNTIME = "guard-2.x.x"

EVERY_SIX_HOURS = "Six_Hours"


class Rules(Construct):
    """AWS Config rules of a region, with any recorder; `after` are resources on which they depend.

    Example: `Rules(stack, "rules", deployment=deployment, region="eu-west-1", rules=RULES,
    criteria=criteria)`; `criteria` has the parameters of the Guard policies.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        region: str,
        rules: Mapping[str, Rule],
        criteria: Mapping[str, Criteria],
        after: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        require_criteria(id, rules, criteria)
        self._rules = rules
        self._resources = {
            rule.name: ConfigConfigRule(
                self,
                rule.name,
                region=region,
                name=deployment.name(rule.name, NameKind.CONFIG_RULE),
                description=rule.description,
                depends_on=list(after) or None,
                **_source_arguments(rule, criteria),
            )
            for rule in rules.values()
        }

    @property
    def arns(self) -> list[str]:
        """The ARNs of the rules; each ends in an ID that AWS Config generates."""
        return [resource.arn for resource in self._resources.values()]

    def arn_of(self, rule: str) -> str:
        """Returns the ARN of a rule."""
        arn: str = self._resources[rule].arn
        return arn

    @property
    def arns_to_start(self) -> list[str]:
        """The ARNs of the change-triggered rules, which AWS Config does not evaluate on a schedule."""
        return [resource.arn for name, resource in self._resources.items() if not self._rules[name].periodic]


def input_parameters(source: Managed) -> str | None:
    """Returns a managed rule's parameters as JSON, which the provider compares as a string."""
    return compact(dict(source.parameters)) if source.parameters else None


def _source_arguments(rule: Rule, criteria: Mapping[str, Criteria]) -> dict[str, Any]:
    """Returns the arguments in which custom policy rules and managed rules differ."""
    if isinstance(rule.source, Guard):
        details = ConfigConfigRuleSourceCustomPolicyDetails(
            policy_runtime=POLICY_RUNTIME, policy_text=guard_policy(rule.name, rule.source, criteria[rule.name])
        )
        source = ConfigConfigRuleSource(
            owner="CUSTOM_POLICY",
            custom_policy_details=details,
            source_detail=[ConfigConfigRuleSourceSourceDetail(message_type=each) for each in CHANGE_MESSAGE_TYPES],
        )
        return {"source": source, "scope": _scope(rule.resource_types)}
    managed = {
        "source": ConfigConfigRuleSource(owner="AWS", source_identifier=rule.source.identifier),
        "input_parameters": input_parameters(rule.source),
    }
    if rule.source.periodic:
        return managed | {"maximum_execution_frequency": EVERY_SIX_HOURS}
    return managed | {"scope": _scope(rule.recorded_types) if rule.recorded_types else None}


def _scope(resource_types: Iterable[str]) -> ConfigConfigRuleScope:
    return ConfigConfigRuleScope(compliance_resource_types=list(resource_types))
