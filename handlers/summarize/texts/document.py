"""Texts from a language's TOML file. Its keys are the fields of `Texts`, except the language, which names the file.

What needs the English file too, such as placeholders, is compared by a test: a function reads one file.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.summarize.texts.base import Plural, Texts

MONTHS = 12
FORMS = {"one", "other"}

KEYS: Mapping[str, Any] = {field.name: field.type for field in fields(Texts) if field.name != "language"}
"""The type of each key."""

REQUIRED: Mapping[Any, str] = {
    str: "a text in quotation marks",
    bool: "true or false",
    Plural: "a text for each of `one` and `other`",
    tuple[str, ...]: f"a list of {MONTHS} texts",
}
"""What a translator has to write for a type."""


class MalformedTextsError(ComplianceMonitorError, ValueError):
    """A language's file is not TOML, lacks a key, or has an unknown key or a value of another type."""


def parsed(language: str, content: bytes) -> Texts:
    """Returns the texts in the content of a language's file; raises MalformedTextsError with all problems."""
    file = f"{language}.toml"
    try:
        document = tomllib.loads(content.decode())
    except ValueError as error:  # not TOML, or not UTF-8
        raise MalformedTextsError(f"{file}: {error}") from error
    values = {key: _converted(KEYS[key], value) for key, value in document.items() if key in KEYS}
    if problems := list(_problems(document, values)):
        raise MalformedTextsError("\n".join(f"{file}: {problem}" for problem in problems))
    return Texts(language=language, **values)


def _converted(kind: Any, value: Any) -> Any:
    """Returns a value as the type of its key; None if it is of another type."""
    if kind is Plural and isinstance(value, dict) and value.keys() == FORMS and _are_texts(value.values()):
        return Plural(**value)
    if kind == tuple[str, ...] and isinstance(value, list) and len(value) == MONTHS and _are_texts(value):
        return tuple(value)
    return value if type(value) is kind else None


def _are_texts(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def _problems(document: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{key}: unknown key" for key in document if key not in KEYS)
    yield from (f"{key}: missing key" for key in KEYS if key not in document)
    yield from (f"{key}: {REQUIRED[KEYS[key]]} is required" for key, value in values.items() if value is None)
