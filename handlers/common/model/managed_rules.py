"""The rules in force as they travel from the settings to the functions: a JSON document in the archive.

Of the own rules, which the archive has as modules, it holds which are enabled and their severities; AWS's managed ones
stand in it as a whole.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from handlers.common.model.rule import Category, Guard, Managed, Rule, Severity

FILE = "rules.json"
"""The document's name, beside the registry's modules."""


def to_json(rules: Iterable[Rule]) -> bytes:
    """Returns the document of some rules; the same rules give the same bytes."""
    listed = list(rules)
    document = {
        "own": {rule.name: rule.severity for rule in listed if isinstance(rule.source, Guard)},
        "managed": [asdict(rule) for rule in listed if isinstance(rule.source, Managed)],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def from_json(document: bytes, declared: Iterable[Rule]) -> list[Rule]:
    """Returns the rules of a document that `written` made, where `declared` are the own ones at hand."""
    found = json.loads(document)
    own = [replace(rule, severity=Severity(found["own"][rule.name])) for rule in declared if rule.name in found["own"]]
    return [*own, *map(_rule, found["managed"])]


def _rule(document: dict[str, Any]) -> Rule:
    source = document.pop("source")
    return Rule(
        **{name: value for name, value in document.items() if name not in ("severity", "category", "controls")},
        severity=Severity(document["severity"]),
        category=Category(document["category"]),
        controls=tuple(document["controls"]),
        source=Managed(**source | {name: tuple(source[name]) for name in ("resource_types", "absent", "unrecorded")}),
    )
