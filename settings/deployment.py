"""Account, region and name parts of a deployment."""

from pydantic import ValidationError

from handlers.common.runtime.naming import deployment_label, physical_name
from settings.base import StrictModel
from settings.errors import SettingsError, line, problems_of
from settings.fields import AccountId, NamePart, Region
from settings.resource_names import NameKind, checked

TERRAFORM = ">= 1.11.0"

PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}


def partition(region: str) -> str:
    """Returns the AWS partition of a region."""
    return next((name for prefix, name in PARTITIONS.items() if region.startswith(prefix)), "aws")


class Deployment(StrictModel):
    """The location of a deployment, and the two parts at the end of every resource name.

    The values are literals, not tokens of cdktf, because names and ARNs are made of them at synthesis.
    """

    environment: NamePart
    suffix: NamePart
    account_id: AccountId
    region: Region

    def __init__(self, environment: str, suffix: str, account_id: str, region: str) -> None:
        """Raises SettingsError with all invalid values."""
        given = {"environment": environment, "suffix": suffix, "account_id": account_id, "region": region}
        try:
            super().__init__(**given)
        except ValidationError as error:
            found = problems_of(error, Deployment, "the docstring of EncryptionKey")
            raise SettingsError("\n".join(line(f"Deployment: {each.at[0]}", each) for each in found)) from None

    @property
    def partition(self) -> str:
        """The AWS partition of the region, for ARNs."""
        return partition(self.region)

    @property
    def label(self) -> str:
        """The name of the deployment, also in metrics: `dev-ew1`."""
        return deployment_label(self.environment, self.suffix)

    def role_arn(self, name: str) -> str:
        """Returns the ARN of a role of the account, without a reference to a Terraform resource."""
        return f"arn:{self.partition}:iam::{self.account_id}:role/{name}"

    def name(self, resource_type: str, kind: NameKind) -> str:
        """Returns `<resource-type>-<environment>-<suffix>`; raises NameRefusedError if invalid for AWS."""
        return checked(physical_name(resource_type, self.environment, self.suffix), kind)
