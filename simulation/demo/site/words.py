"""Markdown and numbers as the page shows them."""

from markdown_it import MarkdownIt

from handlers.summarize.markup import Markup

# The page has headings above those of a text.
DEEPER = 2

# Neither HTML nor images, which would be external content.
_PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")


def markdown(text: str) -> Markup:
    """Returns Markdown as HTML, with everything else escaped."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + DEEPER)}"
    return Markup(str(_PARSER.renderer.render(tokens, _PARSER.options, {})))


def number(value: float) -> str:
    """Returns a value for readers: 1,234 or 87.5 or 0.04."""
    digits = 1 if abs(value) >= 1 or round(value, 1) == value else 3
    formatted = f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    return "0" if formatted in ("", "-0") else formatted


def count(number: int, word: str) -> str:
    """Returns a number of things: 1 report, 2 reports."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
