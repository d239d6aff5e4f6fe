"""Markdown and numbers as the page shows them."""

from markdown_it import MarkdownIt

from handlers.summarize.markup import Markup

# The page has headings above those of a text.
DEEPER = 2

# No HTML, and no pictures: they could only come from elsewhere.
_PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")


def markdown(text: str) -> Markup:
    """Returns the text as HTML, everything in it escaped that is not Markdown."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + DEEPER)}"
    return Markup(str(_PARSER.renderer.render(tokens, _PARSER.options, {})))


def number(value: float) -> str:
    """Returns a value for readers: 1,234 or 87.5 or 0.04."""
    digits = 1 if abs(value) >= 1 or round(value, 1) == value else 3
    written = f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    return "0" if written in ("", "-0") else written


def count(number: int, word: str) -> str:
    """Returns a number of things: 1 report, 2 reports."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
