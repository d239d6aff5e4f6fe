"""HTML and SVG from Python: what has the type Markup is safe, and nothing else gets into a page."""

import html
from typing import NewType

from handlers.summarize.texts.base import printable

Markup = NewType("Markup", str)


def text(words: str) -> Markup:
    """Our own words, escaped."""
    return Markup(html.escape(words, quote=True))


def name(found: str) -> Markup:
    """Returns a name from AWS, printable and escaped."""
    return text(printable(found))


def joined(*parts: Markup) -> Markup:
    """Parts one after the other."""
    return Markup("".join(parts))


def element(tag: str, *children: Markup, **attributes: str | float) -> Markup:
    """Returns an element; attributes are escaped. `class_` stands for class, and an underscore for a hyphen."""
    return Markup(f"<{tag}{_written(attributes)}>{''.join(children)}</{tag}>")


def void(tag: str, **attributes: str | float) -> Markup:
    """Returns an element of HTML that has no end."""
    return Markup(f"<{tag}{_written(attributes)}>")


def _written(attributes: dict[str, str | float]) -> str:
    return "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(_value(value), quote=True)}"'
        for key, value in attributes.items()
    )


def _value(value: str | float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
