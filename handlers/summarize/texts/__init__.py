"""The texts of the summary, one module per language."""

from handlers.common.runtime.languages import LANGUAGES
from handlers.summarize.texts import de, en, fr, nl
from handlers.summarize.texts.base import Plural, Texts

__all__ = ["LANGUAGES", "Plural", "Texts", "texts"]

_TEXTS = {each.language: each for each in (de.TEXTS, en.TEXTS, fr.TEXTS, nl.TEXTS)}


def texts(language: str) -> Texts:
    """Returns the texts of one of LANGUAGES."""
    return _TEXTS[language]
