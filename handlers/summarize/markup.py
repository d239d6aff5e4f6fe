"""HTML and SVG from Python. Values of type Markup are escaped; pages accept only these."""

import html
from typing import NewType

from handlers.summarize.texts.base import printable

Markup = NewType("Markup", str)


def text(words: str) -> Markup:
    """Returns a text, escaped."""
    return Markup(html.escape(words, quote=True))


def name(value: str) -> Markup:
    """Returns a name from AWS, printable and escaped."""
    return text(printable(value))


def joined(*parts: Markup) -> Markup:
    """Returns the concatenation of parts."""
    return Markup("".join(parts))


def element(tag: str, *children: Markup, **attributes: str | float) -> Markup:
    """Returns an element with escaped attributes. Write `class_` for class, and an underscore for a hyphen."""
    return Markup(f"<{tag}{_attributes(attributes)}>{''.join(children)}</{tag}>")


def void(tag: str, **attributes: str | float) -> Markup:
    """Returns a void element of HTML, which has no end tag."""
    return Markup(f"<{tag}{_attributes(attributes)}>")


def _attributes(attributes: dict[str, str | float]) -> str:
    return "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(_value(value), quote=True)}"'
        for key, value in attributes.items()
    )


def _value(value: str | float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
