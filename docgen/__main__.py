"""Command line of the document generation."""

from docgen import addresses, rules, security, settings
from handlers.common.model.waiver import Waiver
from modules.resources.lambda_archive import ROOT
from settings import json_schema
from settings.load import load, load_all

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
    """Returns each generated document by its path in the repository."""
    environments = ROOT / "environments"
    example = load(environments / "prod.toml").with_waivers([WAIVER])
    return {
        "README.md": rules.with_table(_present("README.md")),
        "docs/rules.md": rules.with_sections(_present("docs/rules.md")),
        "docs/settings.md": settings.page(),
        "docs/settings.schema.json": json_schema.settings(),
        "docs/waivers.schema.json": json_schema.waivers(),
        "docs/security.md": security.page(example),
        "tests/contracts/addresses.txt": addresses.page(load_all(environments)),
    }


def _present(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def main() -> None:
    """Writes each document."""
    for path, text in documents().items():
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
