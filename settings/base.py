"""Base model of the tables of an environment's settings."""

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from settings.fields import Check


class StrictModel(BaseModel):
    """A table without type conversion and unknown keys; the string below a field is its description."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Returns the fields of a table by their keys in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def field_at(model: type[BaseModel], at: Sequence[str | int]) -> tuple[type[BaseModel], FieldInfo | None]:
    """Returns the innermost table of a path, and its field that the path names, or None."""
    path, field = iter(at), None
    for key in path:
        field = keys(model).get(str(key))
        inner, one_of_many = table(field.annotation) if field else (None, False)
        if inner is None:
            break
        model = inner
        if one_of_many:
            next(path, None)
    return model, field


def checks_of(field: FieldInfo) -> list[Check[Any]]:
    """Returns the checks of a field and of its elements."""
    return list(_checks([*field.metadata, field.annotation]))


def _checks(parts: Sequence[Any]) -> Iterator[Check[Any]]:
    for part in parts:
        check = getattr(part, "func", None)
        if isinstance(check, Check):
            yield check
        yield from _checks([*getattr(part, "__metadata__", ()), *get_args(part)])


def table(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """Returns the model of a table, or None, and whether it is a table of tables or a list of tables."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Mapping, tuple):
        return table(arguments[-1] if origin is Mapping else arguments[0])[0], True
    if origin in (Union, types.UnionType):
        return next((found for found in map(table, arguments) if found[0] is not None), (None, False))
    return None, False
