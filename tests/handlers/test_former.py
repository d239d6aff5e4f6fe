"""What earlier versions have stored is read. The files are of a deployment of that version."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handlers.common.chain import Head
from handlers.common.register import Register
from handlers.rules import RULES
from handlers.score import document, former
from handlers.score.trail import TrailDay
from handlers.summarize.model import Summary
from tests.schemas import validate

FORMER = Path(__file__).parent / "former"
NOW = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)


def read(name: str) -> Any:
    return json.loads((FORMER / name).read_text())


def test_a_report_of_schema_2_becomes_one_of_today() -> None:
    old, report = read("report-2.json"), former.current(read("report-2.json"))
    assert old["schema_version"] == 2
    validate(report, "report")
    assert report["accounts"] == {old["account"]: old["totals"] | {"waived": 0}}
    for before, row in zip(old["rules"], report["rules"], strict=True):
        assert [place["region"] for place in row["places"]] == list(before["regions"])
        assert row["counts"] == before["counts"] | {"waived": 0}


def test_a_report_of_schema_3_becomes_one_of_today() -> None:
    old, report = read("report-3.json"), former.current(read("report-3.json"))
    assert old["schema_version"] == 3
    validate(report, "report")
    assert report["totals"] == old["totals"] | {"waived": 0}


def test_a_day_of_several_forms_is_scored() -> None:
    old = read("report-2.json")
    reports = [former.current(each) for each in (old, old, read("report-3.json"), former.current(old))]
    score = document.score(NOW, NOW, reports, read("score-1.json"), TrailDay(Head()))
    validate(score, "score")
    before = read("score-1.json")
    assert score["total"]["score"] is not None
    assert score["accounts"] == {old["account"]: score["total"]}
    assert score["total"]["waived"] == 0
    assert [day["day"] for day in score["history"]][:-1] == [
        day["day"] for day in before["history"] if day["day"] < "2026-11-18"
    ]


@pytest.mark.parametrize("version", [None, 1, 5, True, "3"])
def test_any_other_form_is_refused_by_name(version: Any) -> None:
    with pytest.raises(former.UnknownSchemaError, match=r"reports/x.json is of schema .*: 2 to 4 are known"):
        former.current({"key": "reports/x.json", "schema_version": version})


@pytest.mark.parametrize("name", ["score-1.json", "score-2.json"])
def test_a_score_of_an_earlier_schema_is_summarized(name: str) -> None:
    summary = Summary.of(read(name), {name: rule.title for name, rule in RULES.items()})
    validate(summary.to_document() | json.loads(json.dumps(summary.to_document())), "summary")


def test_a_finding_of_the_register_is_read() -> None:
    texts = {
        "rule": "s3-bucket-default-encryption-kms",
        "account": "111122223333",
        "region": "eu-west-1",
        "resource_type": "AWS::S3::Bucket",
        "resource_id": "b",
        "severity": "HIGH",
        "status": "OPEN",
        "order": "2026-03-01T00:20:00.000Z/2026-03-01T00:20:01.000Z",
        "compliance_type": "NON_COMPLIANT",
        "first_seen": "2026-03-01T00:20:00.000Z",
        "opened_at": "2026-03-01T00:20:00.000Z",
        "resolved_at": "",
        "alert_due": "",
        "alert_claimed_at": "",
    }
    of_a_later_version = {"colour": {"S": "red"}, "version": {"S": "9"}}
    item = (
        of_a_later_version
        | {"finding_id": {"S": "x"}, "revision": {"N": "1"}}
        | {name: {"S": text} for name, text in texts.items()}
    )

    class Table:
        def scan(self, **_: Any) -> dict[str, Any]:
            return {"Items": [item]}

    client: Any = Table()
    [found], _ = Register(client, "findings").page()
    assert found.finding_id == "s3-bucket-default-encryption-kms/111122223333/eu-west-1/AWS::S3::Bucket/b"
