"""Texts use the terms of AWS's documentation, for which auditors and non-native readers search."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.resources.lambda_archive import ROOT

FOLDERS = (
    *("handlers", "settings", "modules", "docgen", "operate", "simulation", "bench", "prove", "scripts"),
    *("docs", "environments", "examples", "tests"),
)
ENDINGS = (".py", ".md", ".toml", ".guard", "")

TERMS = {
    "evaluate, evaluation result": r"judg(e[sd]?|ing|e?ments?)|verdicts?",
    "report, notify, receive": r"t(ells?|old|elling)|hears",
    "encrypt": r"seal(s|ed|ing)?",
    "fix, remediate": r"mend(s|ed|ing)?",
    "again": r"anew",
    "periodic, change-triggered": r"by[ _-]the[ _-]clock",
    "someone, or the principal": r"somebody",
}
"""The term to use, and a pattern of words that were used instead."""

WORD = re.compile(rf"(?<![a-zA-Z])({'|'.join(TERMS.values())})(?![a-zA-Z])", re.IGNORECASE)


def files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in ENDINGS and path.is_file())
    yield from ROOT.glob("*.md")


def found(text: str) -> list[str]:
    return [match[0] for match in WORD.finditer(text)]


def test_no_text_uses_another_word_for_a_term() -> None:
    hits = {str(path.relative_to(ROOT)): found(path.read_text(encoding="utf-8", errors="replace")) for path in files()}
    del hits[str(Path(__file__).relative_to(ROOT))]
    assert len(hits) > 500
    assert {path: words for path, words in hits.items() if words} == {}, f"write instead: {', '.join(TERMS)}"


@pytest.mark.parametrize(
    "text", ["Judgement", "test_what_is_mended_once", "is_sealing(key)", "somebody's", "test_by_the_clock"]
)
def test_such_a_word_is_found_in_prose_and_in_names(text: str) -> None:
    assert found(text) != []


@pytest.mark.parametrize("text", ["SSEAlgorithm", "installment", "recommend", "untold"])
def test_a_part_of_a_word_is_none(text: str) -> None:
    assert found(text) == []
