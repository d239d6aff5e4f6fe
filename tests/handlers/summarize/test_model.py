import json
from typing import Any

import pytest

from handlers.summarize import phrases
from handlers.summarize.decisions import Decision, DecisionKind, Remediations
from handlers.summarize.model import Standing
from handlers.summarize.parts import Audit, Change, Problem
from handlers.summarize.texts import texts
from handlers.summarize.texts.languages import LANGUAGES
from tests.support.scores import figures, row, score
from tests.support.summaries import EC2, RDS, S3, organization, quiet, summary, unevaluated


def problem(kind: str, rule: str | None = None, region: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "rule": rule, "region": region, "detail": "in words"}


def completeness(*problems: dict[str, Any]) -> dict[str, Any]:
    return {"complete": not problems, "reports_expected": 4, "reports_found": 4, "problems": list(problems)}


def open_findings(findings: int, overdue: int) -> dict[str, Any]:
    return {name: each | {"findings": 0, "overdue": 0} for name, each in score()["open"].items()} | {
        "HIGH": score()["open"]["HIGH"] | {"findings": findings, "overdue": overdue}
    }


LATE = [row("a", finding_id="a", remediation="none"), row("b", finding_id="b", remediation="out_of_scope")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        (
            {"overdue": LATE, "worst": LATE, "open": open_findings(2, 2)},
            [Decision(DecisionKind.OVERDUE_UNCOVERED, 2, False, (S3,))],
        ),
        (
            {"overdue": LATE, "worst": LATE, "open": open_findings(9, 3)},
            [Decision(DecisionKind.OVERDUE_UNCOVERED, 2, True, (S3,))],
        ),
        ({"overdue": [row(remediation="enforce")], "worst": [row(remediation="enforce")]}, []),
        (
            {"overdue": [row(remediation="off", rule=EC2)], "open": open_findings(1, 1)},
            [Decision(DecisionKind.OVERDUE_UNCOVERED, 1, False, (EC2,))],
        ),
        (
            {"worst": [row(overdue=False)], "open": open_findings(1, 0)},
            [Decision(DecisionKind.REMEDIATION_WAITING, 1, False, (S3,))],
        ),
        (
            {"worst": [row(overdue=False, remediation="approve")], "open": open_findings(1, 0)},
            [Decision(DecisionKind.REMEDIATION_WAITING, 1, False, (S3,))],
        ),
        (
            {"worst": [row()], "overdue": [row()], "open": open_findings(5, 1)},
            [Decision(DecisionKind.REMEDIATION_WAITING, 1, True, (S3,))],
        ),
        (
            {"remediations": {S3: {"FAILED": 3, "FIXED": 4}}},
            [Decision(DecisionKind.REMEDIATION_FAILED, 3, False, (S3,))],
        ),
        ({"remediations": {S3: {"NOTHING_TO_DO": 2, "BLOCKED": 1, "FIXED": 4}}}, []),
        (
            {"total": figures(unknown=7), "rules": {RDS: figures(unknown=7), EC2: figures(unknown=0)}},
            [Decision(DecisionKind.UNKNOWN_RESOURCES, 7, False, (RDS,))],
        ),
        (
            {"completeness": completeness(problem("RULE_SILENT", RDS, "eu-west-1"), problem("RULE_SILENT", RDS, "x"))},
            [Decision(DecisionKind.RULE_SILENT, 1, False, (RDS,))],
        ),
        (
            {"completeness": completeness(problem("READ_FAILED"), problem("REPORT_MISSING"))},
            [Decision(DecisionKind.DATA_INCOMPLETE, 2, False, ())],
        ),
    ],
)
def test_decisions(changes: dict[str, Any], expected: list[Decision]) -> None:
    assert list(summary(**quiet() | changes).decisions) == expected


def test_the_most_pressing_decision_comes_first() -> None:
    problems = completeness(problem("RULE_SILENT", RDS), problem("SUM_MISMATCH"))
    everything = score(overdue=LATE, worst=[*LATE, row("c", finding_id="c")], remediations={S3: {"FAILED": 1}}) | {
        "completeness": problems
    }
    assert [each.kind for each in summary(**everything).decisions] == list(DecisionKind)


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, Standing.OVERDUE),
        ({"open": open_findings(3, 0)}, Standing.OPEN),
        (quiet(), Standing.CLEAR),
        (unevaluated(), Standing.NOTHING_EVALUATED),
    ],
)
def test_standing(changes: dict[str, Any], standing: Standing) -> None:
    assert summary(**changes).standing == standing


def test_counts_and_lists_come_from_the_score() -> None:
    found = summary()
    assert (found.score, found.coverage, found.open_findings, found.overdue_findings) == (80.0, 98.0, 9, 1)
    assert found.remediations == (Remediations(S3, fixed=2, planned=1, failed=0),)
    assert [each.severity for each in found.severities] == ["CRITICAL", "HIGH", "MEDIUM", "LOW"]
    assert [(each.resource_id, each.overdue_seconds) for each in found.worst] == [("ledger", 3 * 86_400), ("other", 0)]


def test_unused_waivers_are_named() -> None:
    listed = [{"id": id, "rule": S3, "end": "2026-03-31", "findings": count} for id, count in (("a", 0), ("b", 2))]
    found = summary(waivers=[*listed, {"id": "c", "rule": S3, "end": "2026-03-31", "findings": None}])
    assert found.unused_waivers == ("a",)
    for words in map(texts, LANGUAGES):
        assert ": a." in " ".join(phrases.reliability(found, words)), words.language


def test_account_that_could_not_be_evaluated_comes_before_the_worst_score() -> None:
    found = summary(**organization())
    assert [each.name for each in found.accounts] == ["210000000001", "210000000000", "111122223333"]
    assert [each.account for each in found.worst] == ["210000000000", "111122223333"]


def test_rules_with_most_changes_come_first() -> None:
    changes = {
        "since": "2026-03-01T06:45:00.000Z",
        "opened": {"count": 3, "by_rule": {EC2: 1, S3: 2}, "examples": []},
        "resolved": {"count": 2, "by_rule": {RDS: 1, S3: 1}, "examples": []},
    }
    assert summary(changes=changes).changes == (Change(S3, 2, 1), Change(EC2, 1, 0), Change(RDS, 0, 1))


def test_problems_are_gathered_by_kind() -> None:
    incomplete = completeness(problem("READ_FAILED", S3, "b"), problem("READ_FAILED", RDS, "a"), problem("READ_FAILED"))
    assert summary(completeness=incomplete).problems == (Problem("READ_FAILED", 3, (RDS, S3), ("a", "b")),)


def test_the_document_is_the_model_without_words() -> None:
    documents = {language: summary(language).to_document() for language in ("de", "en", "fr", "nl")}
    written = {json.dumps(document, sort_keys=True) for document in documents.values()}
    assert len(written) == 1
    document = json.loads(written.pop())
    assert document["schema_version"] == 1
    assert document["day"] == "2026-03-02"
    assert document["decisions"][0] == {"kind": "REMEDIATION_WAITING", "count": 1, "at_least": True, "rules": [S3]}
    assert document["history"][-1] == {"day": "2026-03-02", "score": 80.0, "complete": False}
    assert "detail" not in json.dumps(document) and "is not encrypted" not in json.dumps(document)


def test_summary_has_the_head_of_the_audit_trail() -> None:
    assert summary().audit == Audit(records=3, sequence=41, sha256="ab" * 32)


def test_unknown_rule_is_shown_by_its_name() -> None:
    assert summary("de").title(S3).startswith("S3-Bucket")
    assert summary("de").title("new\u202erule") == "new\\u202erule"
