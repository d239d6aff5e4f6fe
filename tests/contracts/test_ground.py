"""Set-up and locks: what a new machine relies on."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from modules.resources.lambda_archive import ROOT
from operate.__main__ import commands


def test_locks_name_no_package_index() -> None:
    assert "source" not in tomllib.loads((ROOT / "Pipfile").read_text())
    lock = json.loads((ROOT / "Pipfile.lock").read_text())
    assert lock["_meta"]["sources"] == []
    for section in ("default", "develop"):
        assert not [name for name, package in lock[section].items() if "index" in package]
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_pins() -> None:
    packages = tomllib.loads((ROOT / "Pipfile").read_text())["packages"]
    assert packages["cdktf"] == "==0.21.0"
    assert packages["cdktf-cdktf-provider-aws"] == "==21.22.1"
    assert packages["moto"] == "==5.2.5"
    assert json.loads((ROOT / "package.json").read_text())["devDependencies"] == {"cdktf-cli": "0.21.0"}


def test_ci_is_the_test_command_of_the_readme() -> None:
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()
    assert "make test" in (ROOT / "README.md").read_text()


def machine(folder: Path, **programs: str) -> dict[str, str]:
    """Returns a PATH with just these programs (each prints what it is given) and the shell's own tools."""
    folder = folder / "bin with space"
    folder.mkdir()
    for name in ("sh", "dirname", "cat", "cksum"):
        found = next(path for path in ("/usr/bin", "/bin") if Path(path, name).exists())
        (folder / name).symlink_to(Path(found, name))
    for name, output in programs.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{output}'\n")
        program.chmod(0o755)
    return {"PATH": str(folder), "HOME": os.environ["HOME"]}


@pytest.mark.parametrize(
    ("programs", "sentence"),
    [
        ({}, "Python 3.11, 3.12 or 3.13 is needed (found: none): install one"),
        ({"python3": "3.9"}, "Python 3.11, 3.12 or 3.13 is needed (found: python3 3.9): install one"),
        ({"python3": "3.14"}, "Python 3.11, 3.12 or 3.13 is needed (found: python3 3.14): install one"),
        ({"python3": "3.12"}, "Node.js 20 or newer is needed (found: none): install it"),
        (
            {"python3": "3.12", "node": "v18.19.0"},
            "Node.js 20 or newer is needed (found: v18.19.0): install",
        ),
    ],
)
def test_missing_or_old_program_is_one_clear_sentence(programs: dict[str, str], sentence: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "scripts", project / "scripts")
    for file in ("Pipfile", "Pipfile.lock"):
        shutil.copy(ROOT / file, project)
    run = subprocess.run(
        ["sh", str(project / "scripts" / "setup")],
        env=machine(tmp_path, **programs),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.strip().startswith(sentence)
    assert len(run.stderr.strip().splitlines()) == 1
    assert run.stdout == ""


def documents() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    assert len(found) > 25
    return found


def test_links_in_the_documents_lead_somewhere() -> None:
    for document in documents():
        for link, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", document.read_text()):
            target = document.parent / link if link else document
            assert link.startswith("https://") or target.exists(), f"{document.name}: {link}"
            if anchor and not link.startswith("https://"):
                assert anchor in anchors(target), f"{document.name}: {link}#{anchor}"


def anchors(document: Path) -> set[str]:
    """Returns the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_commands_in_the_documents_exist() -> None:
    rules = re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}
    for document in documents():
        text = document.read_text()
        assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= targets, document.name
        assert set(re.findall(r"python -m operate ([a-z-]+)", text)) <= set(commands()), document.name
        for script in re.findall(r"`(scripts/[a-z/.]+)", text):
            assert (ROOT / script).exists(), f"{document.name}: {script}"


def test_every_rule_and_setting_is_documented() -> None:
    from handlers.rules import RULES
    from settings.model import Settings

    rules, settings = (ROOT / "docs" / "rules.md").read_text(), (ROOT / "docs" / "settings.md").read_text()
    assert not [name for name in RULES if f"## {name}" not in rules]
    assert not [name for name in Settings.model_fields if f"`{name}" not in settings]
