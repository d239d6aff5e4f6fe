"""Reproducible archives of function code, with the paths of the repository."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / ".build" / "functions"

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date in a zip archive
REGULAR_FILE_READABLE = 0o100644 << 16  # Lambda reads the files as a different user
UNIX = 3


@dataclass(frozen=True)
class Code:
    """The code of a function: its handler `entry`, and files, and folders with Python files, under `root`.

    `generated` has the files written at synthesis, by their path in the archive.
    """

    entry: str
    sources: tuple[str, ...]
    root: Path = ROOT
    generated: Mapping[str, bytes] = field(default_factory=dict)

    def files(self) -> dict[str, bytes]:
        """Returns the content of the files by their path in the archive."""
        files: set[Path] = set()
        for source in self.sources:
            path = self.root / source
            files |= {path} if path.suffix else set(path.rglob("*.py"))
        return {file.relative_to(self.root).as_posix(): file.read_bytes() for file in files} | dict(self.generated)


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
    files = ("handlers/__init__.py", *(f"handlers/{source}" for source in ("common", package, *sources)))
    return Code(f"handlers.{package}.app.handler", files, generated=generated or {})


def bundle(name: str, code: Code) -> Bundle:
    """Writes the code to `.build/functions/<name>.zip`."""
    content = _archive(code.files())
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
