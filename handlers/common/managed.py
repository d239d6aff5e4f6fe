"""AWS's managed rules as they travel from the settings to the functions: a JSON document in the archive."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from handlers.common.rule import Category, Managed, Rule, Severity

FILE = "managed.json"
"""The document's name, beside the registry's modules."""


def written(rules: Iterable[Rule]) -> bytes:
    """The document of the managed ones among some rules; the same rules give the same bytes."""
    documents = [asdict(rule) for rule in rules if isinstance(rule.source, Managed)]
    return json.dumps(documents, sort_keys=True, separators=(",", ":")).encode()


def read(document: bytes) -> list[Rule]:
    """The rules of a document that `written` made."""
    return [_rule(each) for each in json.loads(document)]


def _rule(document: dict[str, Any]) -> Rule:
    source = document.pop("source")
    return Rule(
        **{name: value for name, value in document.items() if name not in ("severity", "category", "controls")},
        severity=Severity(document["severity"]),
        category=Category(document["category"]),
        controls=tuple(document["controls"]),
        source=Managed(**source | {name: tuple(source[name]) for name in ("resource_types", "absent", "unrecorded")}),
    )
