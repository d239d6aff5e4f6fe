"""Generates settings/catalogue.json, the catalogue of AWS managed rules, from the table in moto's package.

That table follows the AWS Config Developer Guide, "List of AWS Config Managed Rules". Run this after an update of moto:
`.venv/bin/python scripts/catalogue.py > settings/catalogue.json`.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from botocore.session import Session
from moto.config.models import MANAGED_RULES_CONSTRAINTS

CHANGES, PERIODIC, BOTH = "changes", "periodic", "both"
TRIGGERS = {
    "Configuration changes": CHANGES,
    "Configuration changes (current status not checked, only evaluated when changes generate new events)": CHANGES,
    "Periodic": PERIODIC,
    "Configuration changes and Periodic": BOTH,
}
ALL = r"All supported AWS regions(?: except (?P<but>.*?))?"
SOME = r"Only available in (?P<only>.*?)"


class UnknownWordsError(ValueError):
    """The table has unknown words: add them according to AWS's documentation."""


def catalogue(table: Mapping[str, Any], day: date) -> str:
    """Returns the catalogue as JSON, with one rule per line."""
    rules = [
        f"{json.dumps(name)}: {json.dumps(_rule(name, found), sort_keys=True)}" for name, found in sorted(table.items())
    ]
    source = f"moto {version('moto')}, after the AWS Config Developer Guide, List of AWS Config Managed Rules"
    head = f'"source": {json.dumps(source)},\n"made": {json.dumps(day.isoformat())},\n'
    return "{\n" + head + '"rules": {\n' + ",\n".join(rules) + "\n}\n}\n"


def _rule(identifier: str, found: Mapping[str, Any]) -> dict[str, Any]:
    if found["Trigger type"] not in TRIGGERS:
        raise UnknownWordsError(f"{identifier}: trigger {found['Trigger type']!r}")
    types = sorted(filter(None, (each.strip() for each in found.get("Resource Types", "").split(","))))
    parameters = {each["Name"]: _parameter(each) for each in found["Parameters"]}
    rule = {"trigger": TRIGGERS[found["Trigger type"]], "types": types, "parameters": parameters}
    return rule | _regions(identifier, found["AWS Region"])


def _parameter(found: Mapping[str, Any]) -> dict[str, Any]:
    known = {"type": found["Type"], "required": not found.get("Optional", False)}
    return known | ({"default": found["Default"]} if "Default" in found else {})


def _regions(identifier: str, words: str) -> dict[str, list[str]]:
    """Returns `only` or `but` with regions; empty for a rule in all regions."""
    match = re.fullmatch(rf"(?:{ALL}|{SOME})(?: Regions?)?", words)
    if match is None:
        raise UnknownWordsError(f"{identifier}: regions {words!r}")
    return {kind: _codes(identifier, named.split(", ")) for kind, named in match.groupdict().items() if named}


def _codes(identifier: str, names: Iterable[str]) -> list[str]:
    known = _region_names()
    if unknown := sorted(set(names) - known.keys()):
        raise UnknownWordsError(f"{identifier}: region {unknown[0]!r}")
    return sorted(known[name] for name in names)


@cache
def _region_names() -> dict[str, str]:
    """Returns region codes by the names in AWS's documentation."""
    endpoints: Any = Session().get_data("endpoints")
    return {each["description"]: code for part in endpoints["partitions"] for code, each in part["regions"].items()}


if __name__ == "__main__":
    sys.stdout.write(catalogue(MANAGED_RULES_CONSTRAINTS, datetime.now(UTC).date()))
