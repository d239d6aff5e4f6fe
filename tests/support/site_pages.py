"""Reading what a page consists of."""

from html.parser import HTMLParser

VOID = ("meta",)


class Page(HTMLParser):
    """Every element with its attributes; fails where elements do not close in their order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(source)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def of(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """Returns the attributes of every element with this tag and these attributes."""
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]
