"""What the demo prints: phases with their times, tables, and mails as they would read."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

STYLES = {"CRITICAL": "bold red", "HIGH": "red", "MEDIUM": "yellow", "LOW": "cyan"}


class Screen:
    """The terminal. Whatever AWS named is shown as text: markup in it means nothing."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)

    @contextmanager
    def phase(self, title: str) -> Iterator[None]:
        """A step of the demo, with its time at the end."""
        self._console.print()
        self._console.print(Text(f"▸ {title}", style="bold"))
        started = time.perf_counter()
        yield
        self._console.print(Text(f"  {time.perf_counter() - started:.1f} s", style="dim"))

    def say(self, text: str, style: str = "") -> None:
        """A line."""
        self._console.print(Text(f"  {text}", style=style), soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table; numbers stand right."""
        listed = [list(row) for row in rows]
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
        for index, column in enumerate(columns):
            numeric = all(isinstance(row[index], int) for row in listed)
            table.add_column(column, justify="right" if numeric else "left", overflow="fold", no_wrap=index == 0)
        for row in listed:
            table.add_row(*(Text(str(cell), style=STYLES.get(str(cell), "")) for cell in row))
        self._console.print(table)

    def mail(self, to: str, subject: str, body: str) -> None:
        """A mail as its reader sees it."""
        text = Text.assemble(
            ("To:      ", "dim"), to, "\n", ("Subject: ", "dim"), (subject, "bold"), "\n\n", body.rstrip()
        )
        self._console.print(Panel(text, expand=False, border_style="blue", width=min(self._console.width, 110)))

    def fail(self, problems: Iterable[str]) -> None:
        """What went wrong, each on its own line."""
        self._console.print()
        for problem in problems:
            self._console.print(Text(f"✗ {problem}", style="bold red"), soft_wrap=True)

    def succeed(self, text: str) -> None:
        """The end, when all was as expected."""
        self._console.print()
        self._console.print(Text(f"✓ {text}", style="bold green"), soft_wrap=True)
