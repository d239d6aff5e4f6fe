"""The published JSON Schemas of environments' files and of waivers allow what the models allow, and refuse the rest."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.resources.lambda_archive import ROOT
from settings import json_schema
from settings.model import Settings
from settings.waiver_file import WaiverFile
from tests.settings.test_waivers import WHOLE as WAIVER
from tests.support.schemas import validate
from tests.support.settings_schema import (
    COMPLETE,
    OUTSIDE,
    SCHEMA,
    Document,
    Place,
    allowed_by_model,
    allowed_by_schema,
    changed,
    outside,
    places,
    refused_at,
)

FILES = sorted((ROOT / "environments").rglob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=[each.stem for each in FILES])
def test_an_environment_is_as_the_schema_says_and_names_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    validate(tomllib.loads(text), "settings")
    [named] = re.findall(r"\A#:schema (\S+)\n", text)
    assert (file.parent / named).resolve() == ROOT / "docs" / "settings.schema.json"


def test_the_complete_document_is_allowed_and_has_every_key() -> None:
    validate(COMPLETE, "settings")
    assert refused_at(COMPLETE) == []
    given = {id(schema) for _, _, schema in places(SCHEMA, COMPLETE)}
    tables = {"Settings": SCHEMA} | SCHEMA["$defs"]
    missing = [
        f"{table}.{key}"
        for table, schema in tables.items()
        for key, inner in schema.get("properties", {}).items()
        if "$ref" not in inner and id(inner) not in given
    ]
    assert missing == []


@pytest.mark.parametrize("keyword", OUTSIDE)
def test_what_a_keyword_refuses_is_refused_by_schema_and_model(keyword: str) -> None:
    values = list(outside(keyword))
    assert values
    assert [each for each in values if allowed_by_schema(changed(*each))] == []
    assert allowed_by_model(keyword) == []


def test_every_keyword_that_refuses_is_tested() -> None:
    other = {"$ref", "$defs", "$schema", "title", "description", "default", "format"}
    walked = {"properties", "items", "anyOf", "oneOf"}
    explicit = {"propertyNames", "patternProperties"}
    used = {keyword for _, _, schema in places(SCHEMA, COMPLETE) for keyword in schema}
    assert used - other - walked - explicit == OUTSIDE.keys()


@pytest.mark.parametrize(
    ("keyword", "key", "narrower", "allowed"),
    [
        ("maxLength", "owner", {"maxLength": 20}, [(("owner",), "a" * 21)]),
        ("minItems", "also_record", {"minItems": 1}, [(("also_record",), [])]),
        (
            "maximum",
            "deadline_days",
            {"properties": {"critical": {"maximum": 2}}},
            [(("deadline_days", "critical"), 3)],
        ),
        ("required", "audit", {"required": ["retention_days"]}, [(("audit",), {})]),
    ],
)
def test_a_bound_that_the_model_does_not_have_is_found(
    keyword: str, key: str, narrower: Document, allowed: list[Any]
) -> None:
    assert allowed_by_model(keyword, {"properties": {key: narrower}}) == allowed


EXPLICIT: list[tuple[Place, Any]] = [
    (("colour",), "red"),
    (("deadline_days", "critical"), 0),
    (("deadline_days", "low"), 366),
    (("deadline_days", "high"), "7"),
    (("deadline_days", "high"), 7.5),
    (("schedule", "daily_score"), "24:00"),
    (("schedule", "first_evaluation"), "06:00"),
    (("account_id",), "11112222333"),
    (("account_id",), 111122223333),
    (("owner",), "a<b>"),
    (("owner",), "x" * 257),
    (("state", "bucket"), "a..b"),
    (("state", "kms_key"), "arn:aws:kms:eu-west-1:111122223333:key/1"),
    (("home_region",), "eu-wets-1"),
    (("recorder",), "none"),
    (("recorder",), {"eu-west-1": "none"}),
    (("recorder",), {"europe": "create"}),
    (("also_record",), "some"),
    (("also_record",), ["all"]),
    (("rules", "s3-bucket-default-encryption-kms", "keys"), "own"),
    (("rules", "s3-bucket-default-encryption-kms", "keys"), []),
    (("rules", "ec2-instance-type-approved", "approved_instance_types"), ["m7i"]),
    (("rules", "rds-backup-retention-minimum", "exclude", 0, "tags"), {"a<b>": "x"}),
    (("rules", "rds-backup-retention-minimum", "exclude", 0, "tags"), {"a" * 257: "x"}),
    (("rules", "rds-backup-retention-minimum", "exclude", 0, "tags"), {"a": "<b>"}),
    (("managed_rules", "dax-encrypted", "parameters"), {"a": 1}),
    (("remediation", "rds-storage-encrypted"), {}),
]


@pytest.mark.parametrize(("at", "value"), EXPLICIT, ids=[f"{at[-1]}-{str(value)[:20]}" for at, value in EXPLICIT])
def test_a_value_outside_is_refused_by_schema_and_model(at: Place, value: Any) -> None:
    assert not allowed_by_schema(changed(at, value))
    assert any(found[: len(at)] == at for found in refused_at(changed(at, value)))


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("owner",), "Größe und Maß"),
        (("managed_rules", "root-mfa", "title"), "Überwachung"),
        (("monitored_regions",), ["eu-west-1", "eu-central-1", "eu-north-1", "eu-west-1"]),
        (("recorder",), "existing"),
        (("also_record",), "all"),
        (("rules", "s3-bucket-default-encryption-kms", "keys"), "any"),
        (("remediation",), {}),
    ],
)
def test_other_forms_are_allowed_by_schema_and_model(at: Place, value: Any) -> None:
    assert allowed_by_schema(changed(at, value))
    assert refused_at(changed(at, value)) == []


@pytest.mark.parametrize("key", ["monitored_regions", "deadline_days", "schedule", "remediation", "recorder"])
def test_a_key_with_a_default_may_be_left_out(key: str) -> None:
    assert allowed_by_schema({name: value for name, value in COMPLETE.items() if name != key})


PLACES = sorted({at for at, _, _ in places(SCHEMA, COMPLETE) if at}, key=str)
WORDS = sorted({value for _, value, _ in places(SCHEMA, COMPLETE) if isinstance(value, str)})
TEXTS = st.sampled_from(WORDS) | st.text(max_size=12) | st.text("ab09:.-_/*<>Ä ", max_size=80)
SIMPLE = st.booleans() | st.integers(-5, 4000) | st.floats(0, 10) | TEXTS
VALUES = SIMPLE | st.lists(SIMPLE, max_size=3) | st.dictionaries(TEXTS, SIMPLE, max_size=2)


@given(st.sampled_from(PLACES), VALUES)
def test_what_the_model_allows_is_allowed_by_the_schema(at: Place, value: Any) -> None:
    document = changed(at, value)
    if not refused_at(document):
        validate(document, "settings")


def waiver(**changes: Any) -> Document:
    return json.loads(json.dumps(tomllib.loads(WAIVER) | changes, default=str))


def test_a_waiver_is_as_its_schema_says() -> None:
    validate(waiver(), "waivers")
    refused_by_model = {"owner": "x" * 201, "start": "soon", "reason": "", "tags": {"a'b": "c"}, "colour": "red"}
    for key, value in refused_by_model.items():
        assert refused_at(tomllib.loads(WAIVER) | {key: value}, WaiverFile), key
    for key in ("reason", "tags", "colour"):
        assert not allowed_by_schema(waiver(**{key: refused_by_model[key]}), "waivers"), key


def test_defaults_are_what_a_file_would_contain() -> None:
    schedule = json_schema.of(Settings)["$defs"]["ScheduleSettings"]["properties"]
    assert schedule["daily_score"]["default"] == "07:00"
    tables = {"Settings": SCHEMA} | SCHEMA["$defs"]
    defaults = [inner for table in tables.values() for inner in table.get("properties", {}).values()]
    assert [each for each in defaults if each.get("default", "any") in (None, "") or "null" in json.dumps(each)] == []
