"""A right on the client's own resources, declared beside the code that needs it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any


@dataclass(frozen=True)
class Permission:
    """IAM actions on the resources that `arn`, a template with {name} and where it is, stands for.

    The template may have {partition}, {region} and {account} as well. There is no way to say "all resources": an empty
    scope is an empty right. It is a right to those names only that begin with `of`. `conditions` are IAM's, operator to
    key to values.
    """

    sid: str
    actions: tuple[str, ...]
    arn: str
    why: str
    of: str = ""
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def resources(self, partition: str, account: str, regions: Iterable[str], names: Iterable[str]) -> list[str]:
        """Returns the ARNs of the named resources, sorted: the policy does not depend on their order."""
        places = product(regions, [name for name in names if name.startswith(self.of)])
        arns = {
            self.arn.format(partition=partition, account=account, region=region, name=name) for region, name in places
        }
        return sorted(arns)
