"""A right on the client's own resources, declared beside the code that needs it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """IAM actions on the resources that `arn`, a template with {partition} and {name}, stands for.

    There is no way to say "all resources": an empty scope is an empty right.
    """

    sid: str
    actions: tuple[str, ...]
    arn: str
    why: str

    def resources(self, partition: str, names: Iterable[str]) -> list[str]:
        """The ARNs of the named resources, sorted, so that the synthesized policy does not depend on their order."""
        return sorted(self.arn.format(partition=partition, name=name) for name in names)
