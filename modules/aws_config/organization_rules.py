"""AWS Config organization rules of one region, for the organization's other accounts."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.cloudwatch_event_permission import (
    CloudwatchEventPermission,
    CloudwatchEventPermissionCondition,
)
from cdktf_cdktf_provider_aws.config_organization_custom_policy_rule import (
    ConfigOrganizationCustomPolicyRule,
    ConfigOrganizationCustomPolicyRuleTimeouts,
)
from cdktf_cdktf_provider_aws.config_organization_managed_rule import (
    ConfigOrganizationManagedRule,
    ConfigOrganizationManagedRuleTimeouts,
)
from constructs import Construct

from handlers.common.model.criteria import Criteria
from handlers.common.model.rule import Guard, Rule
from modules.aws_config.criteria import require_criteria
from modules.aws_config.rules import CHANGE_MESSAGE_TYPES, EVERY_SIX_HOURS, POLICY_RUNTIME, input_parameters
from settings.deployment import Deployment
from settings.resource_names import NameKind
from settings.size_limits import guard_policy

# AWS Config deploys a rule to one account after another; the provider's default timeout is 20 minutes.
TIMEOUTS = {"create": "60m", "update": "60m", "delete": "60m"}


class OrganizationRules(Construct):
    """Organization rules for every account but this one, which has account-level rules, and the excluded ones.

    Example: `OrganizationRules(stack, "members", deployment=deployment, region="eu-west-1", rules=RULES,
    criteria=criteria, excluded_accounts=["444455556666"])`, in the management account or a delegated
    administrator account.
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
        excluded_accounts: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        require_criteria(id, rules, criteria)
        self._deployment = deployment
        self._region = region
        self._excluded = sorted({deployment.account_id, *excluded_accounts})
        for rule in rules.values():
            self._deploy(rule, criteria)

    def _deploy(self, rule: Rule, criteria: Mapping[str, Criteria]) -> None:
        source, name = rule.source, self._deployment.name(rule.name, NameKind.CONFIG_RULE)
        if isinstance(source, Guard):
            ConfigOrganizationCustomPolicyRule(
                self,
                rule.name,
                region=self._region,
                name=name,
                description=rule.description,
                excluded_accounts=self._excluded,
                policy_runtime=POLICY_RUNTIME,
                policy_text=guard_policy(rule.name, source, criteria[rule.name]),
                trigger_types=list(CHANGE_MESSAGE_TYPES),
                resource_types_scope=list(rule.resource_types),
                timeouts=ConfigOrganizationCustomPolicyRuleTimeouts(**TIMEOUTS),
            )
            return
        ConfigOrganizationManagedRule(
            self,
            rule.name,
            region=self._region,
            name=name,
            description=rule.description,
            excluded_accounts=self._excluded,
            rule_identifier=source.identifier,
            input_parameters=input_parameters(source),
            maximum_execution_frequency=EVERY_SIX_HOURS if source.periodic else None,
            resource_types_scope=None if source.periodic else list(rule.recorded_types) or None,
            timeouts=ConfigOrganizationManagedRuleTimeouts(**TIMEOUTS),
        )


def admit_members(scope: Construct, deployment: Deployment, organization_id: str) -> None:
    """Allows the organization's accounts to put events on the default bus; keeps other statements of its policy."""
    CloudwatchEventPermission(
        scope,
        "members",
        principal="*",
        statement_id=deployment.name("members", NameKind.EVENT_STATEMENT),
        condition=CloudwatchEventPermissionCondition(
            key="aws:PrincipalOrgID", type="StringEquals", value=organization_id
        ),
    )
