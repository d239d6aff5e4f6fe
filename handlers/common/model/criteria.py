"""Criteria: the values with which a rule evaluates resources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Criteria:
    """The values of a rule's settings by their keys, and the account that they apply to.

    `own_key` is the ARN of the deployment's own KMS key, which its own resources use; empty if it does not exist yet.
    """

    values: Mapping[str, Any]
    account_id: str
    own_key: str = ""

    def __getitem__(self, setting: str) -> Any:
        """Returns the value of a setting; raises KeyError."""
        return self.values[setting]
