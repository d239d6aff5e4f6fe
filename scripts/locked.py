"""Prints sections of Pipfile.lock as requirements with hashes and markers, for pip and uv.

`python scripts/locked.py SECTION...` exits with 1 and a message if Pipfile and Pipfile.lock differ. It runs before any
package is installed, so it needs only Python 3.11.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SECTIONS = {"default": "packages", "develop": "dev-packages"}
"""Sections of the lock with a different name in Pipfile."""

Package = Mapping[str, Any]


class LockError(Exception):
    """Pipfile.lock is invalid; the message names the package and the remedy."""


def main(sections: list[str], folder: Path = Path()) -> int:
    """Prints the requirements; returns 0, or 1 with the reason on standard error."""
    try:
        pipfile = tomllib.loads((folder / "Pipfile").read_text(encoding="utf-8"))
        lock = json.loads((folder / "Pipfile.lock").read_text(encoding="utf-8"))
        print("\n".join(requirements(pipfile, lock, sections)))
    except (LockError, OSError, ValueError) as error:
        print(f"Pipfile.lock: {error}", file=sys.stderr)
        return 1
    return 0


def requirements(pipfile: Mapping[str, Any], lock: Mapping[str, Any], sections: list[str]) -> list[str]:
    """Returns one requirement per locked package; raises LockError."""
    lines: dict[str, str] = {}
    for section in sections:
        locked = {_normal(name): package for name, package in lock.get(section, {}).items()}
        for name, required in pipfile.get(SECTIONS.get(section, section), {}).items():
            _check(name, required, locked)
        for name, line in _lines(locked):
            if lines.setdefault(name, line) != line:
                raise LockError(f"{name} is locked differently in {' and '.join(sections)}: run `make lock`")
    return sorted(lines.values())


def _check(name: str, required: Any, locked: Mapping[str, Package]) -> None:
    """Raises LockError if a package of Pipfile is not in the lock, or in another version than pinned."""
    package = locked.get(_normal(name))
    if package is None:
        raise LockError(f"{name} is in Pipfile and not in the lock: run `make lock`")
    version = required if isinstance(required, str) else required.get("version", "*")
    if version.startswith("==") and version != package.get("version"):
        raise LockError(f"{name} is {version} in Pipfile and {package.get('version')} in the lock: run `make lock`")


def _lines(locked: Mapping[str, Package]) -> Iterator[tuple[str, str]]:
    for name, package in locked.items():
        if not package.get("hashes") or not str(package.get("version", "")).startswith("=="):
            raise LockError(f"{name} has no exact version with hashes: run `make lock`")
        extras = f"[{','.join(package['extras'])}]" if package.get("extras") else ""
        marker = f" ; {package['markers']}" if package.get("markers") else ""
        hashes = "".join(f" --hash={each}" for each in sorted(package["hashes"]))
        yield name, f"{name}{extras}{package['version']}{marker}{hashes}"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
