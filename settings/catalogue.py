"""Catalogue of AWS's managed rules, from settings/catalogue.json, which scripts/catalogue.py generates.

It reveals invalid rules at synthesis; AWS would reject them only during the deployment.
"""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

from handlers.common.model.rule import ACCOUNT_TYPE

FILE = Path(__file__).parent / "catalogue.json"

CHANGES, PERIODIC = "changes", "periodic"
PROCESS_CHECK = "AWS_CONFIG_PROCESS_CHECK"

FORMS = {"int": r"-?\d+", "double": r"-?\d+(\.\d+)?", "boolean": r"(?i:true|false)"}
"""Patterns of parameter values by type; values of other types are not checked."""

WORDS = {"int": "a quoted integer", "double": "a quoted number", "boolean": '"true" or "false"'}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a managed rule; `default` is None without a default."""

    type: str
    required: bool
    default: str | None = None

    def takes(self, value: str) -> bool:
        """Returns whether a value is valid for the parameter's type."""
        return self.type not in FORMS or re.fullmatch(FORMS[self.type], value) is not None

    @property
    def allowed(self) -> str:
        """The description of valid values."""
        words = WORDS.get(self.type, "a quoted string")
        return f'{words}, such as "{self.default}"' if self.default else words


@dataclass(frozen=True)
class Known:
    """A managed rule: trigger, evaluated types, parameters and regions.

    `types` is empty for a rule on the account. The rule exists in the regions `only`, or in all, except for `but`.
    """

    trigger: str
    types: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    only: frozenset[str]
    but: frozenset[str]

    @property
    def periodic(self) -> bool:
        """Whether the rule is periodic only."""
        return self.trigger == PERIODIC

    def is_in(self, region: str) -> bool:
        """Returns whether the rule exists in a region."""
        return region not in self.but and (not self.only or region in self.only)

    @property
    def evaluates(self) -> tuple[str, ...]:
        """The evaluated types, or the account type."""
        return self.types or (ACCOUNT_TYPE,)


@cache
def known() -> Mapping[str, Known]:
    """Returns all managed rules by identifier."""
    document: Any = json.loads(FILE.read_text(encoding="utf-8"))
    return {identifier: _known(rule) for identifier, rule in document["rules"].items()}


def nearest(identifier: str) -> str | None:
    """Returns the most similar identifier, or None."""
    matches = difflib.get_close_matches(identifier, known(), n=1)
    return matches[0] if matches else None


@cache
def recordable() -> frozenset[str]:
    """Returns the types in the API of AWS Config, which rejects recorders with any other type."""
    model: Any = Loader().load_service_model("config", "service-2")
    return frozenset(model["shapes"]["ResourceType"]["enum"])


@cache
def regions() -> tuple[str, ...]:
    """Returns the AWS regions in the SDK."""
    endpoints: Any = Loader().load_data("endpoints")
    return tuple(region for partition in endpoints["partitions"] for region in partition["regions"])


def _known(rule: Mapping[str, Any]) -> Known:
    parameters = {name: Parameter(**found) for name, found in rule["parameters"].items()}
    only, but = frozenset(rule.get("only", ())), frozenset(rule.get("but", ()))
    return Known(rule["trigger"], tuple(rule["types"]), parameters, only, but)
