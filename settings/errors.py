"""Reports of problems in settings files: one line per problem, with the allowed values."""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from handlers.common.runtime.errors import ComplianceMonitorError
from settings.base import Type, keys, table_at
from settings.fields import LIST, REFUSED, WORD, Problem, similar

TYPES = {
    "bool_type": "true or false",
    "date_type": "a date such as 2026-03-31, without quotes",
    "dict_type": "a table",
    "int_type": "an integer",
    "mapping_type": "a table",
    "model_type": "a table",
    "string_type": "a quoted string",
    "tuple_type": "a list in brackets",
}
"""Words for pydantic's errors of type."""

VALUES = {
    "enum": "unknown",
    "greater_than_equal": "out of range",
    "less_than_equal": "out of range",
    "literal_error": "unknown",
    "string_pattern_mismatch": "not valid",
    "string_too_long": "too long",
    "string_too_short": "too short",
    "too_short": "no entry",
    "value_error": "not valid",
}
"""Words for pydantic's errors of value, if the type has no words of its own."""

KEY = "[key]"
"""Follows a key that is not valid itself, in pydantic's errors."""


class SettingsError(ComplianceMonitorError):
    """Settings are invalid; the message has one line per problem: file, key, value, problem, allowed values."""


def read_toml(file: Path) -> dict[str, Any]:
    """Returns a file's content; raises SettingsError."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise SettingsError(f"{file}: cannot be read as TOML: {error}; see https://toml.io") from error


def problems_of(error: ValidationError, model: type[BaseModel], example: str) -> list[Problem]:
    """Returns the problems of a document that fails validation; `example` is the file with a valid one."""
    return [problem for each in error.errors() for problem in _problems(each, model, example)]


def place(file: Path, problem: Problem) -> str:
    """Returns file and key."""
    return f"{file}: {_path(problem.at)}" if problem.at else str(file)


def line(where: str, problem: Problem) -> str:
    """Returns location, value, problem and allowed values in one line."""
    value = "" if problem.value is None else f" = {_shown(problem.value)}"
    text = f"{where}{value}: {problem.what}; allowed: {problem.allowed}"
    # A key or value may have line breaks or terminal control codes.
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _problems(error: Mapping[str, Any], model: type[BaseModel], example: str) -> list[Problem]:
    at = tuple(key for key in error["loc"] if key not in (WORD, LIST, KEY))
    kind, given = error["type"], error["input"]
    # A default that depends on invalid settings is not a problem of its own, nor is a list of invalid entries only.
    if kind == "default_factory_not_called" or (kind == "too_short" and given):
        return []
    if kind != REFUSED:
        return [_own_words(kind, at, given, model, example) or Problem(at, given, str(error["msg"]), f"see {example}")]
    context = error["ctx"]
    if "problems" not in context:
        return [Problem(at, given, context["what"], context["allowed"])]
    others = [{**each, "loc": (*at, *each["loc"])} for each in context["others"]]
    return [
        *(each.below(*at) for each in context["problems"]),
        *(problem for each in others for problem in _problems(each, model, example)),
    ]


def _own_words(
    kind: str, at: tuple[str | int, ...], given: Any, model: type[BaseModel], example: str
) -> Problem | None:
    """Returns the problem of an error of pydantic's, with the bounds and words of its type; None for an unknown one."""
    if kind == "extra_forbidden":
        return Problem(at, given, "unknown key", _nearest(at, model))
    inner, found = table_at(model, at)
    if kind == "missing":
        return Problem(at, None, "missing", _needed(inner, found) or f"see {example}")
    allowed = found.allowed if found else ""
    own = found.said.problem if found and found.said and kind != "too_short" else ""
    if kind in ("enum", "literal_error") and not own and not isinstance(given, str):
        kind = "string_type"
    if kind in TYPES:
        named = kind == "string_type" and isinstance(at[-1], str)
        return Problem(at, given, f"must be {TYPES[kind]}", allowed or (f'{at[-1]} = "…"' if named else TYPES[kind]))
    return Problem(at, given, own or VALUES[kind], allowed) if kind in VALUES else None


def _needed(inner: type[BaseModel], found: Type | None) -> str:
    """Returns the allowed values of a missing key, or the keys that a missing table needs."""
    if found is None or found.bare is not inner:
        return found.allowed if found else ""
    try:
        inner.model_validate({})
    except ValidationError as error:
        needed = problems_of(error, inner, "")
        return "a table with " + ", ".join(f"{_path(each.at)} ({each.allowed})" for each in needed)
    return ""


def _nearest(at: Sequence[str | int], model: type[BaseModel]) -> str:
    """Returns the most similar key for an unknown one, or all keys of its table."""
    model, _ = table_at(model, at[:-1])
    known = list(keys(model))
    return similar(str(at[-1]), known, ", ".join(known))


def _path(at: Iterable[str | int]) -> str:
    path = ""
    for key in at:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else str(key)
    return path


def _shown(value: Any) -> str:
    """Returns a value in TOML syntax, at most 120 characters."""
    shown = str(value) if isinstance(value, date | time) else json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 120 else shown[:117] + "..."
