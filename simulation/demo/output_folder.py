"""The output folder of a run; only files of an earlier run are removed."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from handlers.common.runtime.errors import ComplianceMonitorError
from handlers.common.stores.report_bucket import APPROVALS, AUDIT, PLANS, REPORTS, SCORES, SUMMARIES, WORKING
from simulation.demo.site import INDEX

MARK = ".written-by-make-demo"
TEXT = "`make demo` has written this folder, and removes what it has written when it writes into it again.\n"

OURS = {INDEX, MARK, "alerts", *(name.rstrip("/") for name in (APPROVALS, AUDIT, PLANS, REPORTS, SCORES))}
OURS |= {SUMMARIES.rstrip("/"), WORKING.rstrip("/")}
OF_DESKTOPS = {".DS_Store", "Thumbs.db", "desktop.ini"}


class OutputError(ComplianceMonitorError, ValueError):
    """A folder that must not be written to; the message gives the reason and the remedy."""


def prepare(folder: Path, given: Sequence[Path] = (), *, is_own: bool = False) -> None:
    """Makes the folder, or empties it of an earlier run; raises OutputError if it holds anything else.

    `given` is what the run reads, which must not be in there. A folder that `is_own` needs no mark of an earlier run.
    """
    if inside := [path for path in given if path.resolve().is_relative_to(folder.resolve())]:
        raise OutputError(f"{folder}: is emptied before the run, and {inside[0]} is in it: choose another folder (OUT)")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = sorted(path.name for path in folder.iterdir())
        if strange := [name for name in held if name not in OURS | OF_DESKTOPS]:
            raise OutputError(f"{folder}: holds {_some(strange)}, which no run has left: {TAKEN}")
        if MARK not in held and not is_own and set(held) - OF_DESKTOPS:
            raise OutputError(f"{folder}: holds {_some(held)}, and no {MARK} of an earlier run: {TAKEN}")
        for name in held:
            _remove(folder / name)
        (folder / MARK).write_text(TEXT)
    except OSError as error:
        raise OutputError(f"{error.filename or folder}: cannot be written: {error.strerror or error}") from error


TAKEN = "choose a new or empty folder, or one of an earlier run (OUT)"


def written(folder: Path) -> Iterator[Path]:
    """Yields the files of a run."""
    return (path for path in folder.rglob("*") if path.name != MARK)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
