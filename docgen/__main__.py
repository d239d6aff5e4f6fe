"""Command line of the document generation."""

from docgen import security, settings
from handlers.common.model.waiver import Waiver
from modules.resources.lambda_archive import ROOT
from settings.load import load

# Some permissions exist only in environments with waivers.
WAIVER = Waiver(
    id="example",
    rule="s3-bucket-default-encryption-kms",
    owner="owner@example.com",
    approver="approver@example.com",
    reason="an example",
    ticket="an example",
    compensating_measure="an example",
    start="2026-01-01",
    end="2026-01-31",
    tags={"supplier": "example"},
)


def documents() -> dict[str, str]:
    """Returns the generated documents by name under docs/."""
    example = load(ROOT / "environments" / "prod.toml").with_waivers([WAIVER])
    return {"settings.md": settings.page(), "security.md": security.page(example)}


def main() -> None:
    """Writes all documents."""
    for name, text in documents().items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
