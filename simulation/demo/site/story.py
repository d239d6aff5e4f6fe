"""The phases of a run, including the tables and mails that the terminal omits."""

from collections.abc import Iterator, Sequence

from handlers.summarize.markup import Markup, element, joined, name, text
from simulation.demo.console import Entry, Grid, Mail, Output, Phase
from simulation.demo.site.words import count

UNFOLDED_ROWS = 6


def story(phases: Sequence[Phase]) -> Iterator[Markup]:
    """Yields the phases as HTML, mails and long tables folded."""
    for phase in phases:
        lines = [element("p", name(entry)) for entry in phase.entries if isinstance(entry, str)]
        more = [_entry(entry) for entry in phase.entries if not isinstance(entry, str)]
        yield element("section", element("h3", name(phase.title)), *lines, *more, class_="day phase")


def _entry(entry: Entry) -> Markup:
    if isinstance(entry, Grid):
        return _table(entry)
    if isinstance(entry, Mail):
        head = joined(text("Mail to "), name(entry.to), text(": "), element("b", name(entry.subject)))
        return element("details", element("summary", head), element("pre", _lines(entry.body)))
    assert isinstance(entry, Output)
    head = element("summary", element("code", name(f"$ {entry.command}")))
    return element("details", head, element("pre", _lines(entry.text)))


def _table(grid: Grid) -> Markup:
    head = element("tr", *(element("th", name(column), scope="col") for column in grid.columns))
    rows = (element("tr", *(_cell(cell) for cell in row)) for row in grid.rows)
    table = element("table", element("thead", head), element("tbody", *rows))
    scrolling = element("div", table, class_="scroll")
    if len(grid.rows) <= UNFOLDED_ROWS:
        return scrolling
    words = f"{count(len(grid.rows), 'row')}: {', '.join(grid.columns)}"
    return element("details", element("summary", name(words)), scrolling)


def _cell(cell: object) -> Markup:
    kind = {"class_": "value"} if isinstance(cell, int) else {}
    return element("td", name(str(cell)), **kind)


def _lines(words: str) -> Markup:
    """Returns a text with its line breaks."""
    return Markup("\n".join(name(line) for line in words.rstrip().splitlines()))
