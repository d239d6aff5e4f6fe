"""Reproducible archives of function code, with the paths of the repository."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handlers import rules
from handlers.common.runtime.naming import PACKAGE
from modules.resources.arguments import require
from settings.project import PROJECT

ROOT = Path(__file__).parents[2]
BUILD = PROJECT / ".build" / "functions"

PREFIX = PACKAGE.replace(".", "/")
"""The folder of the packages in an archive; empty in the repository."""

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date in a zip archive
REGULAR_FILE_READABLE = 0o100644 << 16  # Lambda reads the files as a different user
UNIX = 3


@dataclass(frozen=True)
class Code:
    """The code of a function: its handler `entry`, and Python files and folders under `root`.

    `elsewhere` has further files, and `generated` those written at synthesis, by their paths. `prefix` is the folder of
    all files in the archive.
    """

    entry: str
    sources: tuple[str, ...]
    root: Path = ROOT
    generated: Mapping[str, bytes] = field(default_factory=dict)
    elsewhere: Mapping[str, Path] = field(default_factory=dict)
    prefix: str = ""

    def files(self) -> dict[str, bytes]:
        """Returns the content of the files by their path in the archive."""
        files = dict(self.elsewhere)
        for source in self.sources:
            path = self.root / source
            is_there = path.exists() or any(f"{each}/".startswith(f"{source}/") for each in self.elsewhere)
            require(is_there, "Code: sources", source, f"files and folders in {self.root}")
            found = [path] if path.suffix else path.rglob("*.py")
            files |= {file.relative_to(self.root).as_posix(): file for file in found}
        content = {path: file.read_bytes() for path, file in files.items()} | dict(self.generated)
        return {f"{self.prefix}{path}": text for path, text in content.items()}


@dataclass(frozen=True)
class Bundle:
    """An archive on disk, and its SHA-256."""

    path: Path
    sha256: bytes

    @property
    def source_code_hash(self) -> str:
        """The digest in base64, the format of Lambda."""
        return base64.b64encode(self.sha256).decode()


def ours(package: str, *sources: str, generated: Mapping[str, bytes] | None = None) -> Code:
    """Returns the code of a handler: `handlers/<package>`, `handlers/common` and further sources."""
    root = ("__init__.py",) if PREFIX else ()
    files = (*root, "handlers/__init__.py", *(f"handlers/{source}" for source in ("common", package, *sources)))
    entry = f"{PACKAGE}handlers.{package}.app.handler"
    return Code(entry, files, generated=generated or {}, elsewhere=_further_rules(sources), prefix=PREFIX)


def _further_rules(sources: Sequence[str]) -> dict[str, Path]:
    """Returns the files of rules outside the package, by their paths as if they were in it."""
    found = {}
    for folder in map(Path, list(rules.__path__)[1:]):
        for file in folder.rglob("*.py"):
            path = file.relative_to(folder)
            if "rules" in sources or f"rules/{path.parts[0]}" in sources:
                found[f"handlers/rules/{path.as_posix()}"] = file
    return found


def bundle(name: str, code: Code) -> Bundle:
    """Writes the code to `.build/functions/<name>.zip`."""
    files, module = code.files(), code.entry.rpartition(".")[0].replace(".", "/")
    is_there = f"{module}.py" in files or f"{module}/__init__.py" in files
    require(is_there, f"{name}: Code: entry", code.entry, f"a function of: {', '.join(sorted(files))}")
    content = _archive(files)
    path = BUILD / f"{name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Bundle(path, hashlib.sha256(content).digest())


def _archive(files: Mapping[str, bytes]) -> bytes:
    # Stored, not deflated: the output of zlib differs between builds.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr, entry.create_system = REGULAR_FILE_READABLE, UNIX
            archive.writestr(entry, files[name])
    return buffer.getvalue()
