"""Reports of problems in settings files: one line per problem, with the allowed values."""

import difflib
import json
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from handlers.common.runtime.errors import ComplianceMonitorError
from settings.base import checks_of, field_at, keys
from settings.fields import REFUSED, Problem

TYPES = {
    "bool_type": "true or false",
    "date_type": "a date such as 2026-03-31, without quotes",
    "dict_type": "a table",
    "int_type": "an integer",
    "mapping_type": "a table",
    "model_type": "a table",
    "string_type": "a quoted string",
    "too_short": "at least one entry",
    "tuple_type": "a list in brackets",
}


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
    # A default that depends on invalid settings is not a problem of its own.
    found = [dict(each) for each in error.errors() if each["type"] != "default_factory_not_called"]
    return [problem for each in found for problem in _problems(each, model, example)]


def place(file: Path, problem: Problem) -> str:
    """Returns file and key."""
    return f"{file}: {_path(problem.at)}"


def line(where: str, problem: Problem) -> str:
    """Returns location, value, problem and allowed values in one line."""
    value = "" if problem.value is None else f" = {_shown(problem.value)}"
    text = f"{where}{value}: {problem.what}; allowed: {problem.allowed}"
    # A key or value may have line breaks or terminal control codes.
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _problems(error: dict[str, Any], model: type[BaseModel], example: str) -> list[Problem]:
    at = tuple(error["loc"])
    if error["type"] != REFUSED:
        return [_wrong_type(at, error, model, example)]
    context = error["ctx"]
    inner: Sequence[Problem] = context.get("problems", ())
    if inner:
        return [Problem((*at, *each.at), each.value, each.what, each.allowed) for each in inner]
    return [Problem(at, error["input"], context["what"], context["allowed"])]


def _wrong_type(at: tuple[str | int, ...], error: dict[str, Any], model: type[BaseModel], example: str) -> Problem:
    kind = error["type"]
    if kind == "extra_forbidden":
        return Problem(at, error["input"], "unknown key", _nearest(at, model))
    if kind == "missing":
        return Problem(at, None, "missing", f"see {example}")
    if kind in TYPES:
        _, field = field_at(model, at)
        words = "; ".join(dict.fromkeys(each.allowed for each in checks_of(field))) if field else ""
        return Problem(at, error["input"], f"must be {TYPES[kind]}", words or TYPES[kind])
    return Problem(at, error["input"], str(error["msg"]), f"see {example}")


def _nearest(at: Sequence[str | int], model: type[BaseModel]) -> str:
    """Returns the most similar key for an unknown one, or all keys of its table."""
    model, _ = field_at(model, at[:-1])
    known = list(keys(model))
    similar = difflib.get_close_matches(str(at[-1]), known, n=1)
    return f"did you mean {similar[0]}?" if similar else ", ".join(known)


def _path(at: Iterable[str | int]) -> str:
    path = ""
    for key in at:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else str(key)
    return path


def _shown(value: Any) -> str:
    """Returns a value in TOML syntax, at most 120 characters."""
    shown = str(value) if isinstance(value, date | time) else json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 120 else shown[:117] + "..."
