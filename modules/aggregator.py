"""One view over the monitored regions; reading through it is a right on one ARN, where Config's own reads need `*`."""

from cdktf_cdktf_provider_aws.config_aggregate_authorization import ConfigAggregateAuthorization
from cdktf_cdktf_provider_aws.config_configuration_aggregator import (
    ConfigConfigurationAggregator,
    ConfigConfigurationAggregatorAccountAggregationSource,
)
from constructs import Construct

from modules.function import Function
from modules.names import NameKind
from modules.settings import Settings


class Aggregator(Construct):
    """An aggregator over this account's monitored regions."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        super().__init__(scope, id)
        authorization = ConfigAggregateAuthorization(
            self, "authorization", account_id=settings.account_id, authorized_aws_region=settings.home_region
        )
        source = ConfigConfigurationAggregatorAccountAggregationSource(
            account_ids=[settings.account_id], regions=sorted(settings.monitored_regions)
        )
        self.name = settings.name("aggregator", NameKind.CONFIG_AGGREGATOR)
        self.resource = ConfigConfigurationAggregator(
            self, "Resource", name=self.name, account_aggregation_source=source, depends_on=[authorization]
        )

    def grant_read(self, function: Function) -> None:
        """Lets a function read results, discovered resources and their number through the aggregator."""
        actions = [
            "config:GetAggregateComplianceDetailsByConfigRule",
            "config:GetAggregateDiscoveredResourceCounts",
            "config:ListAggregateDiscoveredResources",
        ]
        function.grant("ReadAggregator", actions, [self.resource.arn])
