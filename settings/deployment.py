"""One deployment of the system: what its constructs must know of where they are and what they are called."""

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
    """Where it is, and the two words that end every name."""

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
        """Which deployment this is, for people and for metrics: `dev-ew1`."""
        return deployment_label(self.environment, self.suffix)

    def role_arn(self, name: str) -> str:
        """Returns the ARN of a role of the account, without asking Terraform."""
        return f"arn:{self.partition}:iam::{self.account_id}:role/{name}"

    def name(self, resource_type: str, kind: NameKind) -> str:
        """`<resource-type>-<environment>-<suffix>`; raises NameRefusedError if AWS would not take it."""
        return checked(physical_name(resource_type, self.environment, self.suffix), kind)
