"""What AWS knows of its managed rules, from settings/catalogue.json, which scripts/catalogue.py makes.

AWS refuses what does not fit it only while a stack is being deployed; the settings refuse it before.
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
"""What the texts of parameters look like; of other types any text may be right."""

WORDS = {"int": "a whole number in quotes", "double": "a number in quotes", "boolean": '"true" or "false"'}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a managed rule; `default` is None where AWS has none."""

    type: str
    required: bool
    default: str | None = None

    def takes(self, value: str) -> bool:
        """Returns whether a text may be its value."""
        return self.type not in FORMS or re.fullmatch(FORMS[self.type], value) is not None

    @property
    def allowed(self) -> str:
        """Which texts it takes, in words."""
        words = WORDS.get(self.type, "a text")
        return f'{words}, such as "{self.default}"' if self.default else words


@dataclass(frozen=True)
class Known:
    """A managed rule: what triggers it, the types that it evaluates, its parameters, and where AWS has it.

    `types` is empty for a rule about the account. `only` and `but` are regions; `only` is empty where it is in all.
    """

    trigger: str
    types: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    only: frozenset[str]
    but: frozenset[str]

    @property
    def periodic(self) -> bool:
        """Whether changes of resources do not trigger it."""
        return self.trigger == PERIODIC

    def is_in(self, region: str) -> bool:
        """Returns whether AWS has it in a region."""
        return region not in self.but and (not self.only or region in self.only)

    @property
    def evaluates(self) -> tuple[str, ...]:
        """Its types, or that of the account."""
        return self.types or (ACCOUNT_TYPE,)


@cache
def known() -> Mapping[str, Known]:
    """Returns every managed rule by its identifier."""
    document: Any = json.loads(FILE.read_text(encoding="utf-8"))
    return {identifier: _known(rule) for identifier, rule in document["rules"].items()}


def nearest(identifier: str) -> str | None:
    """Returns the identifier that is most like another text; None if none is."""
    found = difflib.get_close_matches(identifier, known(), n=1)
    return found[0] if found else None


@cache
def recordable() -> frozenset[str]:
    """Returns the types that Config's API lists; with any other it refuses a recorder as a whole."""
    model: Any = Loader().load_service_model("config", "service-2")
    return frozenset(model["shapes"]["ResourceType"]["enum"])


@cache
def regions() -> tuple[str, ...]:
    """AWS's regions, as its SDK knows them."""
    endpoints: Any = Loader().load_data("endpoints")
    return tuple(region for partition in endpoints["partitions"] for region in partition["regions"])


def _known(rule: Mapping[str, Any]) -> Known:
    parameters = {name: Parameter(**found) for name, found in rule["parameters"].items()}
    only, but = frozenset(rule.get("only", ())), frozenset(rule.get("but", ()))
    return Known(rule["trigger"], tuple(rule["types"]), parameters, only, but)
