"""Checks of a rule's declaration, before its settings become a table of the environments' settings."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, Strict, TypeAdapter, ValidationError, create_model
from pydantic_core import SchemaError

from handlers.common.model.rule import Guard, Rule
from handlers.common.model.setting import Integer, Texts, Word
from handlers.summarize.texts.languages import LANGUAGES
from settings.base import StrictModel
from settings.errors import SettingsError, line, place, problems_of
from settings.fields import NAME, NAME_WORDS, Allowed, Problem

DECLARATION = Path("rule.py")
METADATA = ("title", "titles", "description", "severity", "category", "controls", "how_to_fix")

_types: dict[str, Any] = {each.name: (each.type, ...) for each in fields(Rule) if each.name in METADATA}
_types |= {name: (Annotated[_types[name][0], Strict(False)], ...) for name in ("severity", "category", "controls")}
_types["name"] = (Annotated[str, Field(pattern=NAME), Allowed(NAME_WORDS, "not a valid name of a rule")], ...)
_Metadata = create_model("_Metadata", __base__=StrictModel, **_types)


def require(rule: Rule) -> None:
    """Raises SettingsError if the rule's settings cannot become a table: any other problem can be reported later."""
    if not isinstance(rule.name, str):
        raise SettingsError(f"{DECLARATION}: name = {rule.name!r}: must be a string")
    if found := [line(f"{rule.name}: {place(DECLARATION, each)}", each) for each in _patterns(rule)]:
        raise SettingsError("; also ".join(found))


def problems(rule: Rule) -> Iterator[Problem]:
    """Yields the problems of a rule's metadata; their keys are the arguments of Rule."""
    try:
        _Metadata.model_validate({name: getattr(rule, name) for name in ("name", *METADATA)})
    except ValidationError as error:
        yield from problems_of(error, _Metadata, "another rule")
    else:
        for language in sorted(rule.titles.keys() - set(LANGUAGES)):
            yield Problem(("titles",), language, "not a language of summaries", ", ".join(LANGUAGES))


def _patterns(rule: Rule) -> Iterator[Problem]:
    for setting in rule.source.settings if isinstance(rule.source, Guard) else ():
        if (texts := _texts(setting.form)) and (what := _unsupported(texts.pattern)):
            yield Problem((setting.name, "pattern"), texts.pattern, what, "a pattern without look-around")


def _texts(form: Integer | Texts | Word) -> Texts | None:
    return form.texts if isinstance(form, Word) else form if isinstance(form, Texts) else None


def _unsupported(pattern: str) -> str | None:
    """Returns why pydantic, whose patterns are those of Rust, does not support a pattern."""
    try:
        TypeAdapter(Annotated[str, Field(pattern=pattern)])
    except SchemaError as error:
        return f"not a valid pattern: {str(error).strip().splitlines()[-1].removeprefix('error: ')}"
    return None
