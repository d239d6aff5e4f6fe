"""Aggregator of the monitored regions; permissions on it name one ARN, where AWS Config's other reads need `*`."""

from collections.abc import Mapping

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.config_aggregate_authorization import ConfigAggregateAuthorization
from cdktf_cdktf_provider_aws.config_configuration_aggregator import (
    ConfigConfigurationAggregator,
    ConfigConfigurationAggregatorAccountAggregationSource,
    ConfigConfigurationAggregatorOrganizationAggregationSource,
)
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from modules.resources import iam as policy
from modules.resources.lambda_function import Function
from settings.deployment import Deployment
from settings.resource_names import NameKind

# AWS managed policy with which AWS Config lists the accounts of an organization.
READ_ORGANIZATION = "iam::aws:policy/service-role/AWSConfigRoleForOrganizations"


class Aggregator(Construct):
    """An aggregator of this account's `regions`, given with their providers, or of the whole organization.

    Example: `Aggregator(stack, "aggregator", deployment=deployment, regions={"eu-west-1": None})`; None is the stack's
    own provider. Accounts of the organization need no authorization.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        regions: Mapping[str, TerraformProvider | None],
        organization: bool = False,
    ) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._regions = sorted(regions)
        self.organization = organization
        self.name = deployment.name("aggregator", NameKind.CONFIG_AGGREGATOR)
        self.resource = self._organization_aggregator() if organization else self._account_aggregator(regions)

    def grant_read(self, function: Function) -> None:
        """Grants read access to evaluation results, discovered resources and their number."""
        actions = [
            "config:GetAggregateComplianceDetailsByConfigRule",
            "config:GetAggregateDiscoveredResourceCounts",
            "config:ListAggregateDiscoveredResources",
        ]
        if self.organization:
            actions.append("config:DescribeAggregateComplianceByConfigRules")
        function.grant("ReadAggregator", actions, [self.resource.arn], why="reads results and resources of all regions")

    def grant_items(self, function: Function) -> None:
        """Grants read access to configuration items."""
        why = "reads a resource's name, tags and state"
        function.grant("ReadItems", ["config:GetAggregateResourceConfig"], [self.resource.arn], why=why)

    def grant_select(self, function: Function) -> None:
        """Grants searches of resources by tag."""
        why = "finds resources with the tags of waivers and exclusions"
        function.grant("FindTagged", ["config:SelectAggregateResourceConfig"], [self.resource.arn], why=why)

    def grant_violations(self, function: Function, *, counts: bool) -> None:
        """Grants read access to non-compliant resources and, with `counts`, to the numbers of all resources."""
        actions = ["config:GetAggregateComplianceDetailsByConfigRule"]
        if counts:
            actions.append("config:GetAggregateDiscoveredResourceCounts")
        function.grant("ReadViolations", actions, [self.resource.arn], why="finds and counts non-compliant resources")

    def _account_aggregator(self, regions: Mapping[str, TerraformProvider | None]) -> ConfigConfigurationAggregator:
        account = self._deployment.account_id
        authorizations = [
            # `region` is a former name of `authorized_aws_region`; only the provider sets the authorization's region.
            ConfigAggregateAuthorization(
                self,
                f"authorization-{region}",
                account_id=account,
                authorized_aws_region=self._deployment.region,
                provider=provider,
            )
            for region, provider in sorted(regions.items())
        ]
        source = ConfigConfigurationAggregatorAccountAggregationSource(account_ids=[account], regions=self._regions)
        return ConfigConfigurationAggregator(
            self, "Resource", name=self.name, account_aggregation_source=source, depends_on=authorizations
        )

    def _organization_aggregator(self) -> ConfigConfigurationAggregator:
        deployment = self._deployment
        role = IamRole(
            self,
            "role",
            name=deployment.name("config-aggregator", NameKind.IAM_ROLE),
            assume_role_policy=policy.trust("config.amazonaws.com", policy.of_account(deployment.account_id)),
        )
        attachment = IamRolePolicyAttachment(
            self, "organization", role=role.name, policy_arn=f"arn:{deployment.partition}:{READ_ORGANIZATION}"
        )
        source = ConfigConfigurationAggregatorOrganizationAggregationSource(role_arn=role.arn, regions=self._regions)
        return ConfigConfigurationAggregator(
            self, "Resource", name=self.name, organization_aggregation_source=source, depends_on=[attachment]
        )
