"""The output folder of a run: created, emptied of an earlier run, or rejected."""

from pathlib import Path

import pytest

from simulation.demo import output_folder as output
from simulation.demo.output_folder import MARK, OutputError, prepare


def left_by_a_run(folder: Path) -> None:
    for name in ("reports/2026/a.json", "audit/b.json", "index.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")


def test_folder_is_made_and_emptied_of_an_earlier_run(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    for _ in range(2):
        prepare(folder)
        assert [path.name for path in folder.iterdir()] == [MARK]
        assert list(output.written(folder)) == []
        left_by_a_run(folder)
        (folder / ".DS_Store").touch()


def test_own_folder_needs_no_mark(tmp_path: Path) -> None:
    left_by_a_run(tmp_path)
    prepare(tmp_path, is_own=True)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]


@pytest.mark.parametrize("is_own", [False, True])
def test_folder_with_other_files_is_rejected_and_kept(is_own: bool, tmp_path: Path) -> None:
    prepare(tmp_path)
    left_by_a_run(tmp_path)
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(OutputError, match=r"contains thesis\.txt, not from an earlier run: choose"):
        prepare(tmp_path, is_own=is_own)
    assert (tmp_path / "thesis.txt").read_text() == "years"
    assert (tmp_path / "index.html").exists()


def test_folder_without_the_mark_is_rejected(tmp_path: Path) -> None:
    left_by_a_run(tmp_path)
    with pytest.raises(OutputError, match=f"no {MARK} of an earlier run"):
        prepare(tmp_path)
    assert (tmp_path / "reports" / "2026" / "a.json").exists()


def test_many_other_files_are_counted(tmp_path: Path) -> None:
    for name in "abcde":
        (tmp_path / name).touch()
    with pytest.raises(OutputError, match="contains a, b, c and 2 more"):
        prepare(tmp_path)


def test_folder_with_the_input_is_not_emptied(tmp_path: Path) -> None:
    prepare(tmp_path)
    given = tmp_path / "reports" / "items.json"
    for inside in (given, tmp_path):
        with pytest.raises(OutputError, match="contains the input"):
            prepare(tmp_path, [inside])


def test_file_or_uncreatable_folder_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for folder in (file, file / "below"):
        with pytest.raises(OutputError, match="cannot write"):
            prepare(folder)


def test_a_link_is_removed_but_not_its_target(tmp_path: Path) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "out"
    left_by_a_run(kept)
    prepare(folder)
    (folder / "reports").symlink_to(kept)
    prepare(folder)
    assert (kept / "index.html").exists()
