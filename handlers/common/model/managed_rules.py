"""The enabled rules, as a JSON document in the functions' archive.

Of custom rules, which are modules of the archive, it has names and severities. AWS managed rules are in it entirely.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from handlers.common.model.rule import Category, Guard, Managed, Rule, Severity

FILE = "rules.json"
"""The document's file name in handlers/rules."""


def to_json(rules: Iterable[Rule]) -> bytes:
    """Returns the document of some rules. Equal rules give equal bytes."""
    listed = list(rules)
    document = {
        "own": {rule.name: rule.severity for rule in listed if isinstance(rule.source, Guard)},
        "managed": [asdict(rule) for rule in listed if isinstance(rule.source, Managed)],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def from_json(document: bytes, declared: Iterable[Rule]) -> list[Rule]:
    """Returns the rules in a document of `to_json`; `declared` are the custom rules of the archive."""
    rules = json.loads(document)
    own = [replace(rule, severity=Severity(rules["own"][rule.name])) for rule in declared if rule.name in rules["own"]]
    return [*own, *map(_rule, rules["managed"])]


def _rule(document: dict[str, Any]) -> Rule:
    source = document.pop("source")
    return Rule(
        **{name: value for name, value in document.items() if name not in ("severity", "category", "controls")},
        severity=Severity(document["severity"]),
        category=Category(document["category"]),
        controls=tuple(document["controls"]),
        source=Managed(**source | {name: tuple(source[name]) for name in ("resource_types", "absent", "unrecorded")}),
    )
