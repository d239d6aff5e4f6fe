"""The texts of the summary, one TOML file per language. en.toml explains how to edit them."""

import pkgutil
from functools import cache

from handlers.summarize.texts.base import Plural, Texts
from handlers.summarize.texts.document import parsed

__all__ = ["Plural", "Texts", "texts"]


@cache
def texts(language: str) -> Texts:
    """Returns the texts of one of LANGUAGES, from its file alone; raises MalformedTextsError."""
    # pkgutil reads from an archive too; None is the answer of loaders that read no files, which Python's can.
    return parsed(language, pkgutil.get_data(__name__, f"{language}.toml") or b"")
