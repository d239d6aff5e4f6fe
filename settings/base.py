"""Base model of the tables of an environment's settings."""

import types
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from settings.fields import ONCE, Allowed, Unit


class StrictModel(BaseModel):
    """A table without type conversion and unknown keys; the string below a field is its description."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Type(NamedTuple):
    """A type that is not optional, and its annotations."""

    bare: Any
    notes: tuple[Any, ...]

    def note(self, name: str) -> Any:
        """Returns an attribute of the first annotation that has it, or None."""
        return next((found for each in self.notes if (found := getattr(each, name, None)) is not None), None)

    @property
    def said(self) -> Allowed | None:
        """The words of the type itself, without those of its elements."""
        return next((each for each in self.notes if isinstance(each, Allowed)), None)

    @property
    def element(self) -> "Type | None":
        """The type of a list's elements or of a table's values."""
        parts = get_args(self.bare)
        if get_origin(self.bare) in (Union, types.UnionType):
            return next((found for part in parts if (found := type_of(part).element)), None)
        if get_origin(self.bare) in (tuple, Mapping):
            return type_of(parts[0] if get_origin(self.bare) is tuple else parts[1])
        return None

    @property
    def allowed(self) -> str:
        """The description of the allowed values."""
        if self.said is not None:
            return self.said.words
        if (low := self.note("ge")) is not None:
            units = [f" {each.name}" for each in self.notes if isinstance(each, Unit)]
            return f"{low} to {self.note('le')}{''.join(units)}"
        if get_origin(self.bare) is Literal:
            return ", ".join(get_args(self.bare))
        if isinstance(self.bare, type) and issubclass(self.bare, Enum):
            return ", ".join(each.value for each in self.bare)
        if self.bare is bool:
            return "true, false"
        inner = self.element.allowed if self.element else ""
        once = f"list without duplicates: {inner}" if inner and ONCE in self.notes else inner
        return f"{once}; at least one entry" if self.note("min_length") else once


def type_of(annotation: Any, notes: Sequence[Any] = ()) -> Type:
    """Returns the type of an annotation, without None as an alternative; `notes` are its further annotations."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return type_of(inner, (*_flat(more), *notes))
    if get_origin(annotation) in (Union, types.UnionType):
        given = [each for each in get_args(annotation) if each is not type(None)]
        if len(given) == 1:
            return type_of(given[0], notes)
    return Type(annotation, tuple(notes))


def _flat(notes: Sequence[Any]) -> Iterator[Any]:
    for each in notes:
        yield from each.metadata if isinstance(each, FieldInfo) else (each,)


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Returns the fields of a table by their keys in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def table_at(model: type[BaseModel], at: Sequence[str | int]) -> tuple[type[BaseModel], Type | None]:
    """Returns the innermost table of a path, and the type of the value at its end, or None."""
    path, found = iter(at), None
    for key in path:
        field = keys(model).get(str(key))
        found = type_of(field.annotation, field.metadata) if field else None
        inner, one_of_many = table(field.annotation) if field else (None, False)
        if inner is None:
            break
        model = inner
        if one_of_many:
            next(path, None)
    return model, found.element if found and any(True for _ in path) else found


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
