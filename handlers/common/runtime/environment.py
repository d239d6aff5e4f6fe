"""Environment variables of functions: one class writes them at synthesis and reads them at run time."""

import dataclasses
import json
import os
from typing import Any, Self, get_type_hints

from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.runtime.naming import deployment_label


class MissingVariablesError(ComplianceMonitorError, RuntimeError):
    """Required environment variables are not set; the message names all of them."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class FunctionEnvironment:
    """The base of each function's environment class. Fields become upper-case variables; other types than str as JSON.

    A field with its default value is left out, so that a function does not get names that its role has no access to.
    """

    environment: str
    environment_suffix: str

    @property
    def deployment(self) -> str:
        """The deployment's label in mails and metrics, for example `dev-ew1`."""
        return deployment_label(self.environment, self.environment_suffix)

    def to_variables(self) -> dict[str, str]:
        """Returns the environment variables of the function."""
        values = {field: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {field.name.upper(): _to_text(value) for field, value in values.items() if value != field.default}

    @classmethod
    def from_env(cls) -> Self:
        """Returns the environment from os.environ; raises MissingVariablesError."""
        types = get_type_hints(cls)
        fields = dataclasses.fields(cls)
        required = [field.name.upper() for field in fields if field.default is dataclasses.MISSING]
        if missing := [name for name in required if name not in os.environ]:
            raise MissingVariablesError(f"missing environment variables: {', '.join(missing)}")
        given = [field.name for field in fields if field.name.upper() in os.environ]
        return cls(**{name: _from_text(os.environ[name.upper()], types[name]) for name in given})


@dataclasses.dataclass(frozen=True, kw_only=True)
class AccountVariables(FunctionEnvironment):
    """`account` is the deployment's own. If `members` is true, other accounts of the organization are monitored too."""

    account: str
    members: bool = False
    excluded_accounts: tuple[str, ...] = ()

    def monitors(self, account: str) -> bool:
        """Returns whether the deployment monitors an account."""
        return account == self.account or (self.members and account not in self.excluded_accounts)


def _to_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def _from_text(text: str, field_type: Any) -> Any:
    if field_type is str:
        return text
    value = json.loads(text)
    return tuple(value) if isinstance(value, list) else value
