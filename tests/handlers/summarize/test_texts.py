"""The file of every language is complete. A failure names file and key."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from handlers.common.model.problem import ProblemKind
from handlers.common.model.remediation import Mode
from handlers.common.model.rule import Category, Severity
from handlers.summarize.decisions import UNCOVERED, DecisionKind
from handlers.summarize.texts import texts
from handlers.summarize.texts.document import parsed
from handlers.summarize.texts.languages import LANGUAGES
from modules.resources.lambda_archive import ROOT
from tests.support.translations import FOLDER, SPELT_ALIKE, alike, content, problems

OTHERS = [language for language in LANGUAGES if language != "en"]


def test_languages_are_the_files() -> None:
    assert list(LANGUAGES) == sorted(path.stem for path in FOLDER.iterdir() if path.suffix == ".toml")
    assert "en" in LANGUAGES
    for language in LANGUAGES:
        assert re.fullmatch("[a-z]{2}", language), f"{language}.toml: a file's name is an ISO 639-1 code"


@pytest.mark.parametrize("language", LANGUAGES)
def test_file_is_complete(language: str) -> None:
    found = problems(language, content(language))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_those_of_the_file(language: str) -> None:
    assert texts(language).language == language
    assert texts(language) == parsed(language, content(language).encode())


@pytest.mark.parametrize("language", SPELT_ALIKE)
def test_nothing_is_excepted_that_is_translated(language: str) -> None:
    assert set(alike(texts(language))) == SPELT_ALIKE[language]


def test_only_the_file_of_the_language_is_read() -> None:
    program = (
        "import sys; opened = [];"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None);"
        "import handlers.summarize.app; handlers.summarize.app.texts('fr');"
        "print(*(path for path in opened if path.endswith('.toml')), sep='|')"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert [Path(path).name for path in run.stdout.strip().split("|")] == ["fr.toml"]


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
    assert texts("en").named("severity", "DIRE\x1b") == "DIRE\\x1b"
