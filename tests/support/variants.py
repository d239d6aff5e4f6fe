"""Synthesized stacks of changed settings."""

import json
from pathlib import Path
from typing import Any

from modules.app import synthesize
from settings.load import load
from tests.support.example import file
from tests.support.resources import Document, all_resources


def stack(folder: Path, *changes: tuple[str, str]) -> Document:
    """Returns the Terraform JSON of the example environment with changes to its file."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = load(file(folder, *changes))
    synthesize([settings], folder / "out")
    document: Document = json.loads((folder / "out" / "stacks" / settings.stack_name / "cdk.tf.json").read_text())
    return document


def by_address(document: Document) -> dict[str, Any]:
    """Address to arguments, without what cdktf notes for itself."""
    return {
        address: {key: value for key, value in arguments.items() if key != "//"}
        for address, arguments in all_resources(document)
    }
