"""Function code as archives whose bytes depend on nothing but the code: same files, same paths as in the repository."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / ".build" / "functions"

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can hold
REGULAR_FILE_READABLE = 0o100644 << 16  # Lambda reads the files as another user
UNIX = 3


@dataclass(frozen=True)
class Code:
    """What a function is made of: where Lambda enters it, and the files and folders of Python under `root`.

    `generated` has files that are written at synthesis, by their path in the archive.
    """

    entry: str
    sources: tuple[str, ...]
    root: Path = ROOT
    generated: Mapping[str, bytes] = field(default_factory=dict)

    def files(self) -> dict[str, bytes]:
        """Path in the archive to content."""
        found: set[Path] = set()
        for source in self.sources:
            path = self.root / source
            found |= {path} if path.suffix else set(path.rglob("*.py"))
        return {file.relative_to(self.root).as_posix(): file.read_bytes() for file in found} | dict(self.generated)


@dataclass(frozen=True)
class Bundle:
    """An archive on disk, and its SHA-256."""

    path: Path
    sha256: bytes

    @property
    def source_code_hash(self) -> str:
        """The digest as Lambda gives it, in base64."""
        return base64.b64encode(self.sha256).decode()


def ours(package: str, *sources: str, generated: Mapping[str, bytes] | None = None) -> Code:
    """Returns one of the system's functions: `handlers/<package>/app.py`, what all share, and further sources."""
    files = ("handlers/__init__.py", *(f"handlers/{source}" for source in ("common", package, *sources)))
    return Code(f"handlers.{package}.app.handler", files, generated=generated or {})


def bundle(name: str, code: Code) -> Bundle:
    """Packs the code into `.build/functions/<name>.zip`."""
    content = _archive(code.files())
    path = BUILD / f"{name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Bundle(path, hashlib.sha256(content).digest())


def _archive(files: Mapping[str, bytes]) -> bytes:
    # Stored, not deflated: zlib builds differ from machine to machine.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr, entry.create_system = REGULAR_FILE_READABLE, UNIX
            archive.writestr(entry, files[name])
    return buffer.getvalue()
