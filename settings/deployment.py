"""Account, region and name parts of a deployment."""

from dataclasses import dataclass

from handlers.common.runtime.naming import deployment_label, physical_name
from settings.resource_names import NameKind, checked

TERRAFORM = ">= 1.11.0"

PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}


def partition(region: str) -> str:
    """Returns the AWS partition of a region."""
    return next((name for prefix, name in PARTITIONS.items() if region.startswith(prefix)), "aws")


@dataclass(frozen=True)
class Deployment:
    """The location of a deployment, and the two parts at the end of every resource name."""

    environment: str
    suffix: str
    account_id: str
    region: str

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
