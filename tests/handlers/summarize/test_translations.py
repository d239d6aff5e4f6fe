"""What a translator can get wrong in a file is found. The cases change the German file."""

import re

import pytest

from handlers.summarize.texts import texts
from handlers.summarize.texts.document import MalformedTextsError, parsed
from tests.support.translations import content, problems

MONTHS = str(
    [
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ]
)


def changed(key: str, line: str) -> str:
    """Returns the German file with another line for a key, and the lines of a list."""
    found, count = re.subn(rf"^{re.escape(key)} = (\[[^]]*\]|.*)$", lambda _: line, content("de"), flags=re.M)
    assert count == 1, key
    return found


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("title", '"{titel}"', "title: placeholders are {titel}; in English they are none"),
        ("as_of", '"Stand"', "as_of: placeholders are none; in English they are {moment}"),
        ("as_of", '"Stand: {}"', "as_of: placeholders are {}; in English they are {moment}"),
        ("as_of", '"Stand: {moment!r:9}"', "as_of: placeholders are {moment!r:9}; in English they are {moment}"),
        ("as_of", '"Stand: {moment"', "as_of: a placeholder is malformed or unknown: expected '}' before end"),
        ("hours.one", '"eine Stunde"', "hours.one: placeholders are none; in English they are {count}"),
        ("hours.other", '"{n} Stunden"', "hours.other: placeholders are {n}; in English they are {count}"),
        ("date_long", '"{ordinal}. {name}"', "date_long: placeholders are {day} {month}; in English they are {day}"),
        ("date_axis", '"{day} {monat}"', "date_axis: a placeholder is malformed or unknown: 'monat'"),
        ("date_axis", '"{day:x2} {month}"', "date_axis: a placeholder is malformed or unknown: Invalid format"),
        ("subject", '"{deployment} {date}: {score} für {overdue} {decisions}"', "subject: 'ü' is not ASCII"),
        ("subject_without_score", '"{deployment} {date} – {overdue} {decisions}"', "subject_without_score: '–' is not"),
        ("title", '""', "title: the text is empty, or has a space at an end"),
        ("hours.one", '"{count} Stunde "', "hours.one: the text is empty, or has a space at an end"),
        ("title", '"Compliance summary"', "title: this is the English text"),
        ("days.other", '"{count} days"', "days: this is the English text"),
        ("months", MONTHS, "months: this is the English text"),
        ("months", str(["Mai"] * 12), "months: a month is there twice"),
    ],
)
def test_problem_of_a_text_is_found(key: str, value: str, problem: str) -> None:
    (found,) = problems("de", changed(key, f"{key} = {value}"))
    assert found.startswith(f"de.toml: {problem}")


def test_key_at_another_place_is_found() -> None:
    moved = changed("title", "") + 'title = "Bericht"\n'
    assert problems("de", moved) == ["de.toml: identity: the key stands where title is in en.toml"]


def test_english_text_of_a_language_without_exceptions_is_found() -> None:
    (found,) = problems("xx", content("de"))
    assert found.startswith("xx.toml: score: this is the English text")


@pytest.mark.parametrize(
    ("key", "line", "problem"),
    [
        ("title", "", "title: missing key"),
        ("hours.one", "", "hours: a text for each of `one` and `other` is required"),
        ("title", 'titel = "Bericht"', "titel: unknown key\nde.toml: title: missing key"),
        ("title", 'language = "de"\ntitle = "Bericht"', "language: unknown key"),
        ("title", "title = 7", "title: a text in quotation marks is required"),
        ("zero_is_singular", 'zero_is_singular = "no"', "zero_is_singular: true or false is required"),
        ("hours.one", 'hours.few = ""\nhours.one = ""', "hours: a text for each of `one` and `other` is required"),
        ("hours.one", "hours.one = 1", "hours: a text for each of `one` and `other` is required"),
        ("months", 'months = ["Januar"]', "months: a list of 12 texts is required"),
        ("months", 'months = "Januar"', "months: a list of 12 texts is required"),
        ("months", f"months = {list(range(12))}", "months: a list of 12 texts is required"),
        ("title", 'title.one = ""\ntitle.other = ""', "title: a text in quotation marks is required"),
        ("title", 'title = "Bericht', "Illegal character '\\n' (at line "),
        ("title", 'title = "Bericht"\ntitle = "Bericht"', "Cannot overwrite a value (at line "),
    ],
)
def test_malformed_file_is_refused(key: str, line: str, problem: str) -> None:
    with pytest.raises(MalformedTextsError, match=re.escape(f"de.toml: {problem}")):
        parsed("de", changed(key, line).encode())


def test_file_of_another_encoding_is_refused() -> None:
    with pytest.raises(MalformedTextsError, match=r"^fr\.toml: 'utf-8' codec can't decode"):
        parsed("fr", content("fr").encode("cp1252"))


def test_language_without_a_file_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match=r"absent\.toml"):
        texts("absent")
