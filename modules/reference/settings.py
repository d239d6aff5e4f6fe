"""docs/settings.md: every key of an environment's file, from the model that reads it."""

import types
from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from modules.settings import Settings
from modules.values import Check

HEAD = """\
# Settings

One file per environment: `environments/<environment>.toml`; `environments/dev.toml` is an example with comments.
Unknown keys are refused; all problems are told at once, each with what is allowed. `make docs` makes this page.

| key | what it is | allowed | default |
|---|---|---|---|
"""

NAMES = {
    "conformance_packs": "pack",
    "managed_rules": "rule",
    "parameters": "parameter",
    "remediation": "rule",
    "rules": "rule",
}
"""What the keys of a table of tables stand for."""


def page() -> str:
    """The whole document."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(Settings, ""))


def _rows(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        inner, table = _table(field.annotation)
        key = f"{prefix}{name}"
        if inner is not None:
            yield from _rows(inner, f"{key}.<{NAMES[name]}>." if table else f"{key}.")
        else:
            yield f"`{key}`", " ".join((field.description or "").split()), _allowed(field), _default(field)


def _table(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model of a table, and whether it is one of many by name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Mapping:
        return _table(arguments[-1])[0], True
    if origin in (Union, types.UnionType):
        return next((found for found in map(_table, arguments) if found[0] is not None), (None, False))
    return None, False


def _allowed(field: FieldInfo) -> str:
    words = [found.allowed for found in _checks([*field.metadata, field.annotation])]
    if field.annotation is bool:
        words.append("true, false")
    if any(getattr(each, "min_length", None) for each in field.metadata):
        words.append("at least one")
    return "; ".join(dict.fromkeys(words)).replace("|", "\\|")


def _checks(parts: list[Any]) -> Iterator[Check[Any]]:
    """The checks of a field, those of its elements included."""
    for part in parts:
        check = getattr(part, "func", None)
        if isinstance(check, Check):
            yield check
        yield from _checks([*getattr(part, "__metadata__", ()), *get_args(part)])


def _default(field: FieldInfo) -> str:
    if field.is_required() or field.default is PydanticUndefined:
        return ""
    if isinstance(field.default, time):
        return f"{field.default:%H:%M}"
    if field.default in ((), None):
        return "none"
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
