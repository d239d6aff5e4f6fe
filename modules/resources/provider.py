"""AWS provider of a stack, and providers of other regions for resources without a region argument."""

from collections.abc import Iterable, Mapping
from typing import Any

from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

# The regions of the European Union and its neighbours in which AWS runs (AWS General Reference, "AWS Regions").
EUROPEAN = (
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
)


class Providers(Construct):
    """The stack's default provider, and an alias for each European and each given region.

    Terraform configures a provider only if a resource uses it, but needs it to remove the resource. So a region that
    is no longer monitored keeps its alias.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        region: str,
        regions: Iterable[str],
        account_id: str,
        tags: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
        common: dict[str, Any] = {
            "allowed_account_ids": [account_id],
            "default_tags": [AwsProviderDefaultTags(tags=dict(tags))],
        }
        AwsProvider(self, "home", region=region, **common)
        self._aliases = {
            other: AwsProvider(self, other, region=other, alias=other, **common)
            for other in sorted({*EUROPEAN, *regions} - {region})
        }

    def of(self, regions: Iterable[str]) -> dict[str, AwsProvider | None]:
        """Returns each region's provider; None is the default provider."""
        return {region: self._aliases.get(region) for region in regions}
