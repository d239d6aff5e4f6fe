"""The published JSON Schemas of what the functions write, each read and checked once."""

import json
from functools import cache
from typing import Any

from jsonschema.validators import validator_for

from modules.resources.lambda_archive import ROOT


def validate(document: Any, name: str) -> None:
    """Raises jsonschema's ValidationError for a document that is not as docs/<name>.schema.json says."""
    _validator(name).validate(document)


@cache
def _validator(name: str) -> Any:
    schema = json.loads((ROOT / "docs" / f"{name}.schema.json").read_text())
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)
