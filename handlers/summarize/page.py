"""The summary as a page: one HTML file without external resources, printed on one sheet of A4."""

from handlers.summarize import chart, phrases, tables
from handlers.summarize.markup import Markup, element, joined, text, void
from handlers.summarize.model import Summary
from handlers.summarize.style import STYLE
from handlers.summarize.texts import Texts


def page(summary: Summary, texts: Texts) -> str:
    """Returns the page of a summary."""
    title = f"{texts.title}, {texts.on(texts.date_long, summary.day)}"
    head = element(
        "head",
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", text(f"{title}, "), text(phrases.identity(summary, texts))),
        # The style has no external data, and a style element must not be escaped.
        element("style", Markup(STYLE)),
    )
    main = element(
        "main",
        _lead(summary, texts),
        _decisions(summary, texts),
        _columns(
            joined(_trend(summary, texts), _changes(summary, texts)),
            joined(_categories(summary, texts), _remediations(summary, texts)),
        ),
        _worst(summary, texts),
        _overdue(summary, texts),
        _accounts(summary, texts),
        _columns(element("section", tables.severities(summary, texts)), _reliability(summary, texts)),
    )
    body = element("body", _header(title, summary, texts), main, _footer(summary, texts))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang=texts.language)}\n"


def _header(title: str, summary: Summary, texts: Texts) -> Markup:
    as_of = texts.as_of.format(moment=texts.at(summary.as_of))
    subtitle = element("p", text(f"{phrases.identity(summary, texts)}. {as_of}"), class_="quiet")
    return element("header", element("h1", text(title)), subtitle)


def _lead(summary: Summary, texts: Texts) -> Markup:
    score_note = texts.no_score if summary.score is None else texts.of_hundred
    coverage_note = "" if summary.coverage is None else texts.coverage_note
    score = _figure(texts.score, texts.decimal(summary.score), score_note, "score")
    coverage = _figure(texts.coverage, texts.percentage(summary.coverage), coverage_note, "coverage")
    deltas = (
        element("li", element("b", text(points)), text(f" {time}")) for points, time in phrases.deltas(summary, texts)
    )
    words = element(
        "div",
        element("p", text(" ".join(phrases.headline(summary, texts))), class_="words"),
        element("ul", *deltas, class_="deltas quiet"),
    )
    return element("div", score, coverage, words, class_="lead")


def _figure(label: str, value: str, note: str, kind: str) -> Markup:
    return element(
        "dl",
        element("dt", text(label)),
        element(
            "dd", element("span", text(value), class_="big"), text(" "), element("span", text(note), class_="quiet")
        ),
        class_=kind,
    )


def _decisions(summary: Summary, texts: Texts) -> Markup:
    listed = [
        element(
            "li",
            text(phrases.decision(each, texts)),
            text(" "),
            element("span", text(" · ".join(map(summary.title, each.rules))), class_="quiet"),
        )
        for each in summary.decisions
    ]
    content = element("ol", *listed) if listed else element("p", text(texts.no_decision))
    return _section("decisions", texts.decisions, content)


def _trend(summary: Summary, texts: Texts) -> Markup:
    notes = []
    if not all(day.complete for day in summary.history):
        notes.append(f"○ {texts.incomplete_day}")
    if chart.gaps(summary.history):
        notes.append(texts.gap)
    caption = element("figcaption", text(" · ".join(notes)))
    return _section(
        "trend",
        texts.trend,
        _figures(chart.trend(summary.history, texts), caption, tables.trend(summary, texts), texts),
    )


def _categories(summary: Summary, texts: Texts) -> Markup:
    return _section(
        "by-category",
        texts.by_category,
        _figures(chart.bars(summary.categories, texts), text(""), tables.categories(summary, texts), texts),
    )


def _figures(drawn: Markup, caption: Markup, figures: Markup, texts: Texts) -> Markup:
    return element("figure", drawn, caption, element("details", element("summary", text(texts.figures)), figures))


def _worst(summary: Summary, texts: Texts) -> Markup:
    if not summary.worst:
        return _section("worst", texts.worst, element("p", text(texts.none_open)))
    listed = tables.findings(texts.worst, summary.open_findings, summary.worst, summary, texts)
    return element("section", listed)


def _overdue(summary: Summary, texts: Texts) -> Markup:
    if not summary.overdue:
        return _section("overdue", texts.overdue, element("p", text(texts.none_overdue)))
    listed = tables.findings(texts.overdue, summary.overdue_findings, summary.overdue, summary, texts)
    return element("section", listed)


def _changes(summary: Summary, texts: Texts) -> Markup:
    heading = texts.changes.format(moment=texts.at(summary.changes_since))
    if summary.changes:
        return element("section", tables.changes(heading, summary, texts))
    return _section("changes", heading, element("p", text(" ".join(phrases.why(summary, texts)))))


def _accounts(summary: Summary, texts: Texts) -> Markup:
    return element("section", tables.accounts(summary, texts)) if phrases.several_accounts(summary) else text("")


def _remediations(summary: Summary, texts: Texts) -> Markup:
    if summary.remediations:
        return element("section", tables.remediations(summary, texts))
    return _section("remediations", texts.remediations, element("p", text(texts.no_remediations)))


def _reliability(summary: Summary, texts: Texts) -> Markup:
    problems = [element("li", text(phrases.problem(each, summary, texts))) for each in summary.problems]
    sentences = element("p", text(" ".join(phrases.reliability(summary, texts))))
    listed = element("ul", *problems, class_="plain") if problems else text("")
    trail, head = phrases.trail(summary, texts)
    kept = element("p", text(trail), text(" "), element("code", text(head)))
    return _section("reliability", texts.reliability, joined(sentences, listed, kept))


def _footer(summary: Summary, texts: Texts) -> Markup:
    lines = (
        phrases.method(summary, texts),
        phrases.monthly_cost(summary, texts),
        phrases.sources(summary, texts),
    )
    return element("footer", *(element("p", text(line)) for line in lines))


def _columns(left: Markup, right: Markup) -> Markup:
    return element("div", element("div", left), element("div", right), class_="columns")


def _section(key: str, heading: str, content: Markup) -> Markup:
    return element(
        "section", element("h2", text(heading), id=f"{key}-head"), content, class_=key, aria_labelledby=f"{key}-head"
    )
