"""A document with every setting, and values that the published schema refuses."""

import copy
import json
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import ValidationError as RefusedBySchema
from pydantic import BaseModel, ValidationError

from handlers.common.model.rule import Rule
from handlers.rules import RULES
from modules.resources.lambda_archive import ROOT
from settings.errors import problems_of
from settings.model import Settings
from settings.rule_cases import cases_of
from tests.support.schemas import validate

Document = dict[str, Any]
Place = tuple[str | int, ...]

EXCLUDE = [
    {"reason": "rebuilt", "tags": {"lifecycle": "disposable"}},
    {
        "reason": "moves",
        "resource": {"region": "eu-west-1", "type": "AWS::S3::Bucket", "id": "ledger", "account": "111122223333"},
    },
]
OVERRIDES = {"enabled": True, "severity": "LOW", "exclude": EXCLUDE}
KEY = "arn:aws:kms:eu-west-1:111122223333:alias/bank"


def complete() -> Document:
    """Returns a document with every key."""
    document = tomllib.loads((ROOT / "environments" / "examples" / "group.toml").read_text(encoding="utf-8"))
    rules, remediation = document["rules"], document["remediation"]
    document |= {"allow_regions_outside_eu": False, "log_level": "INFO"}
    rules["ec2-instance-type-approved"] = OVERRIDES | {"approved_instance_types": ["m7i.*"]}
    rules["rds-backup-retention-minimum"] |= OVERRIDES
    rules["s3-bucket-default-encryption-kms"] = OVERRIDES | {"keys": [KEY]}
    rules |= {name: OVERRIDES | _values(rule) for name, rule in RULES.items() if name not in rules}
    document["managed_rules"]["access-keys-rotated"] = {
        **OVERRIDES,
        **{"unchecked": False, "identifier": "ACCESS_KEYS_ROTATED", "category": "identity", "title": "Old keys"},
        **{"resource_types": ["AWS::IAM::User"], "controls": ["C/1"], "parameters": {"maxAccessKeyAge": "90"}},
        "periodic": True,
    }
    document["conformance_packs"]["baseline"]["rules"]["access-keys-rotated"] = {
        **{"skip": False, "rename": "old-keys", "severity": "LOW", "category": "identity", "controls": ["C/1"]},
        **{"resource_types": ["AWS::IAM::User"], "periodic": True, "exclude": EXCLUDE, "title": "Old keys"},
    }
    remediation["rds-backup-retention-minimum"] |= {
        **{"max_actions_per_run": 5, "max_actions_per_day": 20, "max_percent_per_day": 10, "approvals_needed": 2},
    }
    return document


def _values(rule: Rule) -> Document:
    """Returns values of a rule's own settings: those of a case, or the defaults."""
    found: Document = cases_of(rule)[0].criteria(rule).values
    return {key: list(value) if isinstance(value, tuple) else value for key, value in found.items()}


COMPLETE = complete()
SCHEMA = json.loads((ROOT / "docs" / "settings.schema.json").read_text(encoding="utf-8"))


def places(schema: Document, value: Any, at: Place = ()) -> Iterator[tuple[Place, Any, Document]]:
    """Yields each place of a document, its value, and each schema of the value."""
    if "$ref" in schema:
        yield from places(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], value, at)
        return
    yield at, value, schema
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from places(each, value, at)
    if isinstance(value, dict):
        others = schema.get("additionalProperties", False)
        for key, inner in value.items():
            found = schema.get("properties", {}).get(key, others)
            if found:
                yield from places(found, inner, (*at, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            if "items" in schema:
                yield from places(schema["items"], inner, (*at, number))


def changed(at: Place, value: Any) -> Document:
    """Returns the complete document with another value."""
    document = copy.deepcopy(COMPLETE)
    inner: Any = document
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return document


def allowed_by_schema(document: Document, name: str = "settings") -> bool:
    try:
        validate(document, name)
    except RefusedBySchema:
        return False
    return True


def refused_at(document: Document, model: type[BaseModel] = Settings) -> list[Place]:
    """Returns the places that the model refuses."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        return [each.at for each in problems_of(error, model, "an example")]
    return []


WRONG_TYPES = {"string": 7, "integer": "7", "boolean": "yes", "array": "x", "object": 7}
OUTSIDE: dict[str, Callable[[Any, Any], list[Any]]] = {
    "minimum": lambda bound, value: [bound - 1],
    "maximum": lambda bound, value: [bound + 1],
    "minLength": lambda bound, value: ["a" * (bound - 1)],
    "maxLength": lambda bound, value: ["a" * (bound + 1)],
    "pattern": lambda bound, value: ["\a"],
    "enum": lambda bound, value: ["unknown"],
    "const": lambda bound, value: [f"{bound}s"],
    "minItems": lambda bound, value: [[]],
    "uniqueItems": lambda bound, value: [[*value, value[0]]],
    "type": lambda bound, value: [WRONG_TYPES[bound]],
    "required": lambda bound, value: [{key: value[key] for key in value if key != each} for each in bound],
    "additionalProperties": lambda bound, value: [] if bound else [value | {"<colour>": "red"}],
}
"""Values that a keyword of a schema refuses, from its bound and a valid value."""


def outside(keyword: str, schema: Document = SCHEMA) -> Iterator[tuple[Place, Any]]:
    for at, value, found in places(schema, COMPLETE):
        if keyword in found and at and (value or not isinstance(value, list)):
            yield from ((at, each) for each in OUTSIDE[keyword](found[keyword], value))


def allowed_by_model(keyword: str, schema: Document = SCHEMA) -> list[tuple[Place, Any]]:
    """Returns what a keyword refuses and the model does not refuse at that place."""
    return [
        (at, value)
        for at, value in outside(keyword, schema)
        if not any(found[: len(at)] == at for found in refused_at(changed(at, value)))
    ]
