"""Generator of docs/settings.md: every key of an environment's file, from its model."""

from collections.abc import Iterator
from datetime import time

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from settings.base import keys, table, type_of
from settings.model import Settings

HEAD = """\
# Settings

Each environment has one file, `environments/<environment>.toml`. `environments/dev.toml` is an example with comments.
`environments/examples/group.toml` is an example for an organization, with all keys that dev.toml does not need. Unknown
keys are errors. All problems are reported at once, each with the allowed values. Editors that understand `#:schema`
(Even Better TOML, taplo) complete and check the file with [settings.schema.json](settings.schema.json). `make docs`
generates this page and the schema.

| key | description | allowed | default |
|---|---|---|---|
"""

NAMES = {
    "conformance_packs": "pack",
    "exclude": "number",
    "managed_rules": "rule",
    "parameters": "parameter",
    "remediation": "rule",
    "rules": "rule",
}
"""Placeholders for the keys of tables of tables."""


def page() -> str:
    """Returns the document."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(Settings, ""))


def _rows(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, ...]]:
    for name, field in keys(model).items():
        inner, one_of_many = table(field.annotation)
        key = f"{prefix}{name}"
        if inner is not None:
            yield from _rows(inner, f"{key}.<{NAMES[name]}>." if one_of_many else f"{key}.")
        else:
            allowed = type_of(field.annotation, field.metadata).allowed.replace("|", "\\|")
            yield f"`{key}`", " ".join((field.description or "").split()), allowed, _default(field)


def _default(field: FieldInfo) -> str:
    if field.default_factory is dict:
        return "none"
    if field.is_required() or field.default is PydanticUndefined:
        return ""
    if isinstance(field.default, time):
        return f"{field.default:%H:%M}"
    if field.default in ((), None):
        return "none"
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
