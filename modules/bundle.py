"""Function code as archives whose bytes depend on nothing but the code: same files, same paths as in the repository."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
HANDLERS = ROOT / "handlers"
BUILD = ROOT / ".build" / "functions"

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can hold
REGULAR_FILE_READABLE = 0o100644 << 16  # Lambda reads the files as another user
UNIX = 3


@dataclass(frozen=True)
class Bundle:
    """An archive on disk, and its SHA-256."""

    path: Path
    sha256: bytes

    @property
    def source_code_hash(self) -> str:
        """The digest as Lambda gives it, in base64."""
        return base64.b64encode(self.sha256).decode()


def bundle(name: str, sources: Iterable[str]) -> Bundle:
    """Packs `handlers/__init__.py`, `handlers/common` and the named files and folders under handlers/."""
    files = {HANDLERS / "__init__.py"}
    for source in ("common", *sources):
        path = HANDLERS / source
        files |= {path} if path.suffix else set(path.rglob("*.py"))
    content = _archive(sorted(files))
    path = BUILD / f"{name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Bundle(path, hashlib.sha256(content).digest())


def _archive(files: list[Path]) -> bytes:
    # Stored, not deflated: zlib builds differ from machine to machine.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(ROOT).as_posix(), EPOCH)
            entry.external_attr, entry.create_system = REGULAR_FILE_READABLE, UNIX
            archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()
