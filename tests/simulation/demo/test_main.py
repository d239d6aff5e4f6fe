"""The command line: arguments, output and exit codes."""

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from settings.model import Settings
from simulation import __main__ as program
from simulation.aws.mocked import NestedAccountsError, mocked
from simulation.demo import run as demo
from simulation.demo import snapshot_run as from_snapshot
from simulation.demo.session import UnexpectedError

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setattr(program, "OUTPUT", tmp_path / "demo-output")
    monkeypatch.setattr(program, "_load_synthesis", lambda: None)

    def ran(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["simulation", "demo", *arguments])
        return program.main()

    thresholds = gc.get_threshold()
    yield ran
    gc.set_threshold(*thresholds)


def test_last_line_names_the_page(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leave(settings: Settings, output: Path, screen: Any) -> None:
        assert (settings.environment, screen.verbose) == ("dev", True)
        (output / "index.html").write_text("")

    monkeypatch.setattr(demo, "run", leave)
    monkeypatch.setenv("VERBOSE", "1")
    assert run() == 0
    printed = capsys.readouterr().out
    assert "Everything as expected" in printed
    assert "demo-output/index.html" in printed
    assert "; 1 file." in printed


def test_a_deviation_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def deviate(*_: Any) -> None:
        raise UnexpectedError(["score: expected 1, found 2"])

    monkeypatch.setattr(demo, "run", deviate)
    assert run() == program.UNEXPECTED
    assert "✗ score: expected 1, found 2" in capsys.readouterr().out


def test_invalid_input_is_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--environment", "nowhere") == program.UNUSABLE_INPUT
    assert "nowhere.toml" in capsys.readouterr().out
    assert run("--snapshot", "no-such-file.json") == program.UNUSABLE_INPUT
    assert "no-such-file.json" in capsys.readouterr().out


def test_stack_requires_snapshot(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run("--stack", "cdktf.out")
    assert "--stack: requires --snapshot" in capsys.readouterr().err
    taken: list[Any] = []

    def rehearse(_settings: Settings, *given: Any) -> str:
        taken.append(given[:3])
        return "2 violations of 1 rule in 7 resources"

    monkeypatch.setattr(from_snapshot, "run", rehearse)
    assert run("--stack", "cdktf.out", "--snapshot", "items.json more.json", "--output", str(tmp_path / "out")) == 0
    assert taken == [([Path("items.json"), Path("more.json")], Path("cdktf.out"), tmp_path / "out")]
    printed = capsys.readouterr().out
    assert "✓ 2 violations of 1 rule in 7 resources, in " in printed
    assert "Everything as expected" not in printed
    assert f"Open {tmp_path}/out/index.html" in printed.replace("\n", "")


def test_folder_with_other_files_is_not_written_to(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").touch()
    assert run("--output", str(tmp_path)) == program.UNUSABLE_INPUT
    assert "contains notes.txt" in capsys.readouterr().out


def test_simulated_accounts_cannot_be_nested() -> None:
    with (
        mocked("111122223333", "eu-west-1"),
        pytest.raises(NestedAccountsError, match="cannot be nested"),
        mocked("444455556666", "eu-west-1"),
    ):
        pass
