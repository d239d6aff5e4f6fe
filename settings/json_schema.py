"""Generator of docs/settings.schema.json and docs/waivers.schema.json: what editors complete and check."""

import json
from datetime import time
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from settings.model import Settings
from settings.waiver_file import WaiverFile


class _Schema(GenerateJsonSchema):
    """Writes what a TOML file may contain: TOML has no null, and keys need no second title."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        default = schema.get("default")
        # The keys of a table have their own defaults.
        if default is None or default == "" or isinstance(default, BaseModel):
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        # A key that no pattern matches would be allowed with any value.
        return {**made, "additionalProperties": False} if "patternProperties" in made else made

    def encode_default(self, dft: Any) -> Any:
        return f"{dft:%H:%M}" if isinstance(dft, time) else super().encode_default(dft)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def of(model: type[BaseModel]) -> dict[str, Any]:
    """Returns the JSON Schema of a file."""
    return {"$schema": _Schema.schema_dialect, **model.model_json_schema(schema_generator=_Schema)}


def settings() -> str:
    """Returns the schema of environments/*.toml."""
    return _text(of(Settings))


def waivers() -> str:
    """Returns the schema of waivers/*.toml."""
    return _text(of(WaiverFile))


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
