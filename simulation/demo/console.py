"""The demo's output: lines on the terminal, with tables and mails for the page."""

import contextlib
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

STYLES = {"CRITICAL": "bold red", "HIGH": "red", "MEDIUM": "yellow", "LOW": "cyan"}
WIDEST_MAIL = 110


@dataclass(frozen=True)
class Grid:
    """A table."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Mail:
    """A mail as its recipient sees it."""

    to: str
    subject: str
    body: str


@dataclass(frozen=True)
class Output:
    """A command and its output."""

    command: str
    text: str


Entry = str | Grid | Mail | Output


@dataclass
class Phase:
    """A step of the demo and its output."""

    title: str
    entries: list[Entry] = field(default_factory=list)


class Screen:
    """The terminal. Names from AWS are shown as text, without markup.

    Tables, mails and the output of commands are printed only if `verbose`; `phases` has everything.
    """

    def __init__(self, verbose: bool = False, console: Console | None = None) -> None:
        self.verbose = verbose
        self.phases: list[Phase] = []
        self._console = console or Console(highlight=False)

    @contextmanager
    def phase(self, title: str) -> Iterator[None]:
        """Begins a step of the demo, and prints its title."""
        self.phases.append(Phase(title))
        if self.verbose:
            self._console.print()
        self._console.print(Text(f"▸ {title}", style="bold"))
        yield

    def say(self, text: str, style: str = "") -> None:
        """Prints a line."""
        self._keep(text)
        self._line(text, style)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, always: bool = False) -> None:
        """Prints a table: numbers right-aligned, the last column wrapped."""
        grid = Grid(columns, [list(row) for row in rows])
        self._keep(grid)
        if self.verbose or always:
            self._console.print(self._drawn(grid))

    def mail(self, to: str, subject: str, body: str) -> None:
        """Prints a mail as its recipient sees it."""
        self._keep(Mail(to, subject, body))
        if self.verbose:
            text = Text.assemble(
                ("To:      ", "dim"), to, "\n", ("Subject: ", "dim"), (subject, "bold"), "\n\n", body.rstrip()
            )
            width = min(self._console.width, WIDEST_MAIL)
            self._console.print(Panel(text, expand=False, border_style="blue", width=width))

    @contextmanager
    def command(self, command: str) -> Iterator[io.StringIO]:
        """Shows an operator's command, and collects the output printed within the context, which it yields."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            yield printed
        self._keep(Output(command, printed.getvalue()))
        self._line(f"$ {command}")
        if self.verbose:
            self._console.print(Text(printed.getvalue()), soft_wrap=True, end="")

    def fail(self, problems: Iterable[str]) -> None:
        """Prints the failed expectations, one a line."""
        self._console.print()
        for problem in problems:
            self._console.print(Text(f"✗ {problem}", style="bold red"), soft_wrap=True)

    def succeed(self, text: str) -> None:
        """Prints the closing line of a successful run."""
        self._console.print(Text(f"✓ {text}", style="bold green"), soft_wrap=True)

    def _line(self, text: str, style: str = "") -> None:
        """Prints an indented line, which is wrapped to the terminal's width unless the output is verbose."""
        if self.verbose:
            self._console.print(Text(f"  {text}", style=style), soft_wrap=True)
        else:
            self._console.print(Padding(Text(text, style=style), (0, 0, 0, 2), expand=False))

    def _keep(self, entry: Entry) -> None:
        if self.phases:
            self.phases[-1].entries.append(entry)

    def _drawn(self, grid: Grid) -> Table:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
        table.padding = (0, 1, 0, 0) if _width(grid) <= self._console.width else (0, 0, 0, 0)
        for index, column in enumerate(grid.columns):
            numeric = all(isinstance(row[index], int) for row in grid.rows)
            is_last = index == len(grid.columns) - 1 and not numeric
            table.add_column(column, justify="right" if numeric else "left", overflow="fold", no_wrap=not is_last)
        for row in grid.rows:
            table.add_row(*(Text(str(cell), style=STYLES.get(str(cell), "")) for cell in row))
        return table


def _width(grid: Grid) -> int:
    """Returns the width of the table in characters, with two between columns."""
    longest = (max(len(str(row[index])) for row in (grid.columns, *grid.rows)) for index in range(len(grid.columns)))
    return sum(each + 2 for each in longest)
