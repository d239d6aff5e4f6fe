"""The page: the run, its dashboard and its documents, in one file without scripts or external content."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from handlers.summarize.markup import Markup, element, joined, name, text, void
from simulation.demo.console import Phase
from simulation.demo.site.documents import Day, Documents, Link
from simulation.demo.site.story import story
from simulation.demo.site.words import count

STYLE = Path(__file__).with_name("page.css")
UNFOLDED_DAYS = 2
UNFOLDED_LINKS = 8


@dataclass(frozen=True)
class Run:
    """The simulated deployment, account and period."""

    deployment: str
    account: str
    regions: Sequence[str]
    start: datetime
    end: datetime


def page(run: Run, boards: Sequence[Markup], documents: Documents, phases: Sequence[Phase] = ()) -> str:
    """Returns the page as HTML, with the phases of the run."""
    head = element(
        "head",
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", name(f"Compliance monitor {run.deployment}, simulated")),
        # Text in a style element must not be escaped; it is a constant file.
        element("style", Markup(STYLE.read_text(encoding="utf-8"))),
    )
    happened = [element("section", element("h2", text("What happened")), *story(phases), id="story")] if phases else []
    main = element(
        "main",
        *happened,
        element("section", element("h2", text("Dashboard")), *boards, id="dashboard"),
        element("section", element("h2", text("Documents")), *_documents(documents), id="documents"),
    )
    body = element("body", _header(run, documents, bool(phases)), main)
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _header(run: Run, documents: Documents, has_story: bool) -> Markup:
    place = element("strong", text("Simulated AWS"), class_="badge")
    where = name(f"Account {run.account}, {', '.join(run.regions)}. From {_moment(run.start)} to {_moment(run.end)}.")
    summaries = [link for day in documents.days.values() for link in day.summary][:1]
    links = [_anchor(Link("#story", "What happened"))] if has_story else []
    links += [_anchor(Link("#dashboard", "Dashboard")), _anchor(Link("#documents", "Documents"))]
    links += [_anchor(Link(link.href, "Newest executive summary")) for link in summaries]
    return element(
        "header",
        element("h1", text("Compliance monitor "), name(run.deployment)),
        element("p", place, text(" "), where),
        element("nav", *links),
    )


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _documents(documents: Documents) -> Iterator[Markup]:
    if not documents.days and not documents.others:
        yield element("p", text("The run wrote no documents."))
    for place, (date, day) in enumerate(documents.days.items()):
        unfolded = {"open": ""} if place < UNFOLDED_DAYS else {}
        words = element("summary", element("b", text(date)), text(f" {_contents(day)}"))
        yield element("details", words, element("dl", *_kinds(day)), class_="day", **unfolded)
    if documents.others:
        words = element("summary", element("b", text("Others")), text(f" {count(len(documents.others), 'file')}"))
        yield element("details", words, _list(documents.others), class_="day")


def _contents(day: Day) -> str:
    counted = {"report": len(day.reports), "mail": len(day.alerts), "audit record": len(day.audit)}
    counted["report"] = sum(not link.href.endswith("-findings.jsonl") for link in day.reports)
    contents = [word for word, links in (("summary", day.summary), ("score", day.score)) if links]
    return ", ".join(contents + [count(number, word) for word, number in counted.items() if number])


def _kinds(day: Day) -> Iterator[Markup]:
    kinds = {"Executive summary": day.summary, "Score": day.score, "Reports": day.reports}
    for words, links in kinds.items():
        if links:
            yield _kind(words, element("span", *map(_anchor, links), class_="links"))
    for words, links in {"Mails": day.alerts, "Audit records": day.audit}.items():
        if links:
            yield _kind(words, _list(links) if len(links) <= UNFOLDED_LINKS else _folded(links))


def _kind(words: str, links: Markup) -> Markup:
    return element("div", element("dt", text(words)), element("dd", links))


def _folded(links: Sequence[Link]) -> Markup:
    return element("details", element("summary", text(f"all {len(links)}")), _list(links))


def _list(links: Sequence[Link]) -> Markup:
    return element("ul", *(element("li", _anchor(link)) for link in links))


def _anchor(link: Link) -> Markup:
    return joined(element("a", name(link.words), href=link.href), text(" "))
