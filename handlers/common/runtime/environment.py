"""A function's settings as environment variables: one class writes them at synthesis and reads them at run time."""

import dataclasses
import json
import os
from typing import Any, Self, get_type_hints

from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.runtime.naming import deployment_label


class MissingVariablesError(ComplianceMonitorError, RuntimeError):
    """The function runs without environment variables it needs; the message names all of them."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class FunctionEnvironment:
    """Base of every function's Environment: fields become upper-case variables, text as it is and the rest as JSON.

    A field that has its default becomes none: a function is not given the name of what its role has no right to.
    """

    environment: str
    environment_suffix: str

    @property
    def deployment(self) -> str:
        """Which of possibly many deployments this is, for people and for metrics: `dev-ew1`."""
        return deployment_label(self.environment, self.environment_suffix)

    def to_variables(self) -> dict[str, str]:
        """Returns the variables to give the function."""
        values = {field: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {field.name.upper(): _written(value) for field, value in values.items() if value != field.default}

    @classmethod
    def from_env(cls) -> Self:
        """Returns the same, read back from os.environ; raises MissingVariablesError."""
        types = get_type_hints(cls)
        fields = dataclasses.fields(cls)
        required = [field.name.upper() for field in fields if field.default is dataclasses.MISSING]
        if missing := [name for name in required if name not in os.environ]:
            raise MissingVariablesError(f"missing environment variables: {', '.join(missing)}")
        given = [field.name for field in fields if field.name.upper() in os.environ]
        return cls(**{name: _read(os.environ[name.upper()], types[name]) for name in given})


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def _read(text: str, declared: Any) -> Any:
    if declared is str:
        return text
    value = json.loads(text)
    return tuple(value) if isinstance(value, list) else value
