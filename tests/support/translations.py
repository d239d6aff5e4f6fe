"""Checks of a language's file against the English texts. A problem has file and key, for a translator."""

import dataclasses
import string
import tomllib
from collections.abc import Iterator

from handlers.summarize.texts import Plural, Texts, texts
from handlers.summarize.texts.document import KEYS, parsed
from modules.resources.lambda_archive import ROOT

HERE = "tests/support/translations.py"
FOLDER = ROOT / "handlers" / "summarize" / "texts"

SPELT_ALIKE = {
    "de": {"score"},
    "fr": {"score", "category_configuration"},
    "nl": {"account", "score", "open", "category_logging"},
}
"""Keys whose text is the English one also in another language. A further one is added only if it is meant."""

SUBJECTS = ("subject", "subject_without_score")
SIGNS = {"decimal_mark", "group_mark", "percent", "labelled", "first_of_month", "date_long", "date_short", "date_axis"}
"""Keys without words, which may be as in English in any language."""

PART_OF_DATE = {"ordinal": "day", "name": "month"}


def content(language: str) -> str:
    """Returns the file of a language."""
    return (FOLDER / f"{language}.toml").read_text(encoding="utf-8")


def problems(language: str, content: str) -> list[str]:
    """Returns what is wrong with a language's file; raises MalformedTextsError if a function could not read it."""
    own = parsed(language, content.encode())
    found = [*_order(content), *_placeholders(own), *_subjects(own), *_months(own), *_blanks(own)]
    if language != "en":
        same = [key for key in alike(own) if key not in SPELT_ALIKE.get(language, ())]
        found += [f"{key}: this is the English text; if meant, add the key to SPELT_ALIKE in {HERE}" for key in same]
    return [f"{language}.toml: {problem}" for problem in found]


def alike(own: Texts) -> list[str]:
    """Returns the keys whose words are the English ones; of two forms, one is enough."""
    english = texts("en")
    found = [key for key in KEYS if key not in SIGNS | {"months"} and set(_said(own, key)) & set(_said(english, key))]
    return found + ["months"] * (own.months == english.months)


def _order(content: str) -> Iterator[str]:
    for key, expected in zip(tomllib.loads(content), KEYS, strict=True):
        if key != expected:
            yield f"{key}: the key stands where {expected} is in en.toml"
            return


def _said(own: Texts, key: str) -> list[str]:
    return list(_parts(own, key).values())


def _parts(own: Texts, key: str) -> dict[str, str]:
    """Returns the texts of a key, by their name in the file."""
    value = getattr(own, key)
    if isinstance(value, Plural):
        return {f"{key}.{form}": text for form, text in dataclasses.asdict(value).items()}
    if isinstance(value, tuple):
        return {f"{key}[{number}]": text for number, text in enumerate(value, 1)}
    return {key: value} if isinstance(value, str) else {}


def _placeholders(own: Texts) -> Iterator[str]:
    for key in KEYS:
        for name, text in _parts(own, key).items():
            required = _places(key, _parts(texts("en"), key)[name])
            try:
                found = _places(key, text)
                if key.startswith("date_"):
                    own.on(text, "2026-03-01")
            except (LookupError, ValueError) as error:
                yield f"{name}: a placeholder is malformed or unknown: {error}"
                continue
            if found != required:
                yield f"{name}: placeholders are {_listed(found)}; in English they are {_listed(required)}"


def _places(key: str, text: str) -> set[str]:
    """Returns the placeholders of a text with their formats; of a date, its parts, which have several forms."""
    found = set()
    for _, place, form, conversion in string.Formatter().parse(text):
        if place is not None and key.startswith("date_"):
            found.add(PART_OF_DATE.get(place, place))
        elif place is not None:
            found.add(place + (f"!{conversion}" if conversion else "") + (f":{form}" if form else ""))
    return found


def _listed(places: set[str]) -> str:
    return " ".join(f"{{{place}}}" for place in sorted(places)) or "none"


def _subjects(own: Texts) -> Iterator[str]:
    for key in SUBJECTS:
        if odd := "".join(character for character in getattr(own, key) if not character.isascii()):
            yield f"{key}: {odd!r} is not ASCII"


def _months(own: Texts) -> Iterator[str]:
    if len(set(own.months)) < len(own.months):
        yield "months: a month is there twice"


def _blanks(own: Texts) -> Iterator[str]:
    for key in KEYS:
        for name, text in _parts(own, key).items():
            if not text or text.strip(string.whitespace) != text:
                yield f"{name}: the text is empty, or has a space at an end"
