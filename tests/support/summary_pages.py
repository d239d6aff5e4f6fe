"""A page read as a browser does, strictly: every element that begins must end where it should."""

from html.parser import HTMLParser

VOID = {"meta"}


class Page(HTMLParser):
    """The elements, attributes and texts of a page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(content)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"{tag} has an attribute twice"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    def all(self, tag: str) -> list[dict[str, str]]:
        """Returns the attributes of each element of a kind."""
        return [attributes for found, attributes in self.tags if found == tag]

    def within(self, tag: str) -> list[str]:
        """Returns the texts directly in elements of a kind."""
        return [data for found, data in self.texts if found == tag]

    @property
    def text(self) -> str:
        """All that can be read."""
        return " ".join(data for tag, data in self.texts if tag != "style")
