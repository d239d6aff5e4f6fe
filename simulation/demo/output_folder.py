"""The output folder of a run, from which only files of an earlier run are removed."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores.report_bucket import APPROVALS, AUDIT, PLANS, REPORTS, SCORES, SUMMARIES, WORKING
from simulation.demo.site import INDEX

MARK = ".written-by-make-demo"
TEXT = "The compliance monitor's demo wrote this folder; its next run removes these files.\n"

OURS = {INDEX, MARK, "alerts", *(name.rstrip("/") for name in (APPROVALS, AUDIT, PLANS, REPORTS, SCORES))}
OURS |= {SUMMARIES.rstrip("/"), WORKING.rstrip("/")}
OF_DESKTOPS = {".DS_Store", "Thumbs.db", "desktop.ini"}


class OutputError(ComplianceMonitorError, ValueError):
    """The output folder cannot be used; the message gives the reason and the solution."""


def prepare(folder: Path, inputs: Sequence[Path] = (), *, is_own: bool = False) -> None:
    """Creates the folder, or removes the files of an earlier run; raises OutputError if it has other files.

    `inputs` must not be in the folder. The mark of an earlier run is not required if the folder `is_own`.
    """
    if inside := [path for path in inputs if path.resolve().is_relative_to(folder.resolve())]:
        raise OutputError(f"{folder}: contains the input {inside[0]}: choose another output folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = sorted(path.name for path in folder.iterdir())
        if unknown := [name for name in names if name not in OURS | OF_DESKTOPS]:
            raise OutputError(f"{folder}: contains {_some(unknown)}, not from an earlier run: {TAKEN}")
        if MARK not in names and not is_own and set(names) - OF_DESKTOPS:
            raise OutputError(f"{folder}: contains {_some(names)}, but no {MARK} of an earlier run: {TAKEN}")
        for name in names:
            _remove(folder / name)
        (folder / MARK).write_text(TEXT)
    except OSError as error:
        raise OutputError(f"{error.filename or folder}: cannot write: {error.strerror or error}") from error


TAKEN = "choose a new or empty folder, or the folder of an earlier run"


def written(folder: Path) -> Iterator[Path]:
    """Yields the files of a run."""
    yield from (path for path in folder.rglob("*") if path.is_file() and path.name != MARK)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
