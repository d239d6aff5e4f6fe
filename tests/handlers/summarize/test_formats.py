import pytest

from handlers.summarize.texts import texts

ENGLISH = texts("en")


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
