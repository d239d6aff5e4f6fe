"""Writes the documents."""

from modules.bundle import ROOT
from modules.environments import load
from modules.reference import security, settings


def documents() -> dict[str, str]:
    """Each generated document by its name under docs/."""
    example = load(ROOT / "environments" / "prod.toml")
    return {"settings.md": settings.page(), "security.md": security.page(example)}


def main() -> None:
    """Writes each document anew."""
    for name, text in documents().items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
