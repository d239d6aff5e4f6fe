"""IAM permissions on the customer's resources, declared beside the code that needs them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any


@dataclass(frozen=True)
class Permission:
    """IAM actions on named resources. `arn` is a template with {name}, {partition}, {region} and {account}.

    A permission on all resources cannot be declared: an empty scope gives no permission. It applies only to names that
    begin with `of`. `conditions` are IAM conditions: operator to key to values.
    """

    sid: str
    actions: tuple[str, ...]
    arn: str
    why: str
    of: str = ""
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def resources(self, partition: str, account: str, regions: Iterable[str], names: Iterable[str]) -> list[str]:
        """Returns the ARNs of the named resources, sorted, so that the policy does not depend on their order."""
        places = product(regions, [name for name in names if name.startswith(self.of)])
        arns = {
            self.arn.format(partition=partition, account=account, region=region, name=name) for region, name in places
        }
        return sorted(arns)
