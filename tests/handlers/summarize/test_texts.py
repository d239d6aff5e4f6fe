import dataclasses
import string
from collections.abc import Iterator

import pytest

from handlers.common.model.problem import ProblemKind
from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Category, Severity
from handlers.rules import RULES
from handlers.summarize.decisions import UNCOVERED, DecisionKind
from handlers.summarize.texts import LANGUAGES, Plural, Texts, texts

ENGLISH = texts("en")
OTHERS = [language for language in LANGUAGES if language != "en"]

SPELT_ALIKE = {
    "de": {"first_of_month", "labelled", "months", "score"},
    "fr": {"date_long", "score", "category_configuration"},
    "nl": {"account", "first_of_month", "labelled", "date_long", "percent", "score", "open", "category_logging"},
}


def said(value: object) -> Iterator[str]:
    if isinstance(value, Plural):
        yield from (value.one, value.other)
    elif isinstance(value, tuple):
        yield from value
    elif isinstance(value, str):
        yield value


def places(value: object) -> list[set[str]]:
    return [{place for _, place, _, _ in string.Formatter().parse(text) if place} for text in said(value)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_or_left_untrimmed(language: str) -> None:
    assert texts(language).language == language
    for field in dataclasses.fields(Texts):
        for text in said(getattr(texts(language), field.name)):
            assert text and text.strip(string.whitespace) == text, field.name
    assert len(set(texts(language).months)) == 12


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    values = {field.name: getattr(texts(language), field.name) for field in dataclasses.fields(Texts)}
    alike = {name for name, own in values.items() if set(said(own)) & set(said(getattr(ENGLISH, name)))}
    assert alike == SPELT_ALIKE[language]


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_match_the_english_texts(language: str) -> None:
    for field in dataclasses.fields(Texts):
        if not field.name.startswith("date_"):
            assert places(getattr(texts(language), field.name)) == places(getattr(ENGLISH, field.name)), field.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_subjects_are_ascii(language: str) -> None:
    assert texts(language).subject.isascii() and texts(language).subject_without_score.isascii()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("severity", list(Severity)),
        ("category", list(Category)),
        ("remediation", [*Mode, *UNCOVERED]),
        ("decide", list(DecisionKind)),
        ("delta", ["yesterday", "seven_days", "thirty_days"]),
        ("problem", list(ProblemKind)),
    ],
)
def test_every_name_has_its_text(language: str, group: str, names: list[str]) -> None:
    for name in names:
        assert getattr(texts(language), f"{group}_{name.lower()}")


def test_name_without_text_is_shown_unchanged() -> None:
    assert ENGLISH.named("severity", "DIRE\x1b") == "DIRE\\x1b"


@pytest.mark.parametrize("language", OTHERS)
def test_rules_have_titles(language: str) -> None:
    for rule in RULES.values():
        assert rule.title_in(language) != rule.title


@pytest.mark.parametrize(
    ("language", "whole", "decimal", "percentage", "day", "short", "moment"),
    [
        ("de", "12.345", "80,5", "80,5\u00a0%", "1. März 2026", "01.03.2026", "1. März 2026, 06:45 Uhr UTC"),
        ("en", "12,345", "80.5", "80.5%", "1 March 2026", "1 Mar 2026", "1 March 2026, 06:45 UTC"),
        ("fr", "12\u202f345", "80,5", "80,5\u00a0%", "1er mars 2026", "01/03/2026", "1er mars 2026 à 06:45 UTC"),
        ("nl", "12.345", "80,5", "80,5%", "1 maart 2026", "01-03-2026", "1 maart 2026, 06:45 uur UTC"),
    ],
)
def test_numbers_and_dates(
    language: str, whole: str, decimal: str, percentage: str, day: str, short: str, moment: str
) -> None:
    own = texts(language)
    assert (own.whole(12_345), own.decimal(80.5), own.percentage(80.5)) == (whole, decimal, percentage)
    assert own.on(own.date_long, "2026-03-01") == day
    assert own.on(own.date_short, "2026-03-01") == short
    assert own.at("2026-03-01T06:45:00.000Z") == moment


@pytest.mark.parametrize(("value", "expected"), [(1.5, "+1.5"), (-1.5, "\u22121.5"), (0.0, "±0.0"), (None, "–")])
def test_signs(value: float | None, expected: str) -> None:
    assert ENGLISH.signed(value) == expected


@pytest.mark.parametrize(
    ("language", "seconds", "expected"),
    [
        ("en", None, "–"),
        ("en", 3_599, "less than an hour"),
        ("en", 3_600, "1 hour"),
        ("fr", 2 * 86_400 - 1, "1 jour"),
        ("de", 2 * 86_400, "2 Tage"),
        ("nl", 82_800, "23 uur"),
    ],
)
def test_durations(language: str, seconds: int | None, expected: str) -> None:
    assert texts(language).duration(seconds) == expected


@pytest.mark.parametrize(
    ("language", "count", "at_least", "expected"),
    [
        ("en", 0, False, "0 findings are open."),
        ("en", 1, True, "At least 1 finding is open."),
        ("fr", 0, False, "0 constat est ouvert."),
        ("fr", 2, True, "Au moins 2 constats sont ouverts."),
        ("de", 1_000, False, "1.000 Befunde sind offen."),
        ("nl", 0, False, "0 bevindingen staan open."),
    ],
)
def test_plurals(language: str, count: int, at_least: bool, expected: str) -> None:
    own = texts(language)
    assert own.counted(own.open_sentence, count, at_least) == expected
