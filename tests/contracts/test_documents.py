"""Documents that are made from the code are those of the code."""

import re

import pytest

from docgen.__main__ import documents
from modules.resources.lambda_archive import ROOT
from tests.support.resources import Document, of_type


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return documents()


PATHS = [
    "README.md",
    "docs/rules.md",
    "docs/settings.md",
    "docs/settings.schema.json",
    "docs/waivers.schema.json",
    "docs/security.md",
    "tests/contracts/addresses.txt",
]


@pytest.mark.parametrize("path", PATHS)
def test_document_is_the_one_that_the_code_makes(path: str, made: dict[str, str]) -> None:
    assert made[path] == (ROOT / path).read_text(encoding="utf-8"), "run `make docs`"


def test_every_generated_document_is_compared(made: dict[str, str]) -> None:
    assert made.keys() == set(PATHS)


def test_every_role_and_every_right_is_reported_with_its_reason(
    made: dict[str, str], documents: dict[str, Document]
) -> None:
    text = made["docs/security.md"]
    for role in of_type(documents["prod"], "aws_iam_role").values():
        assert f"## `{role['name']}`" in text
    for address, policy in of_type(documents["prod"], "aws_iam_role_policy").items():
        assert f"| {policy['name']} |" in text or "recording" in address
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) > 40
    assert not [row for row in rows if row.rstrip(" |").endswith("`")], "a right without a reason"


def test_messages_of_the_troubleshooting_page_are_those_of_the_code() -> None:
    folders = ("handlers", "settings", "simulation", "operate", "scripts")
    files = [path for each in folders for path in (ROOT / each).rglob("*") if path.is_file()]
    code = "".join(path.read_text(errors="replace") for path in files if path.suffix in ("", ".py"))
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    messages = [
        part for cell in re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE) for part in re.findall(r"`(.+?)`", cell)
    ]
    assert len(messages) > 10
    parts = [part.strip(" ,") for message in messages for part in message.split("…")]
    assert [part for part in parts if part not in code] == []
