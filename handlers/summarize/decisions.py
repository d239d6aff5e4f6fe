"""The decisions for management that a score requires, each with its kind and count, without texts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handlers.common.model.outcome import Result
from handlers.common.model.problem import ProblemKind
from handlers.common.model.remediation import Mode

WAITING = {str(Mode.PLAN), str(Mode.APPROVE)}
"""Values of a finding's `remediation` under which nothing is written without a further decision."""
UNCOVERED = {"none", "off", "out_of_scope"}
"""Values of a finding's `remediation` without an automatic remediation."""


class DecisionKind(StrEnum):
    """The kinds of decisions, the most urgent first."""

    OVERDUE_UNCOVERED = "OVERDUE_UNCOVERED"
    REMEDIATION_FAILED = "REMEDIATION_FAILED"
    REMEDIATION_WAITING = "REMEDIATION_WAITING"
    RULE_SILENT = "RULE_SILENT"
    UNKNOWN_RESOURCES = "UNKNOWN_RESOURCES"
    DATA_INCOMPLETE = "DATA_INCOMPLETE"


@dataclass(frozen=True)
class Decision:
    """One decision. With `at_least` the count is a minimum, because the score lists only the first findings."""

    kind: DecisionKind
    count: int
    at_least: bool
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Remediations:
    """Results of a rule's remediation within the day."""

    rule: str
    fixed: int
    planned: int
    failed: int


def remediations_of(remediations: Mapping[str, Mapping[str, int]]) -> tuple[Remediations, ...]:
    """Returns the numbers of fixed, planned and failed remediations by rule, without rules that have none."""

    def made() -> Iterator[Remediations]:
        for rule, results in sorted(remediations.items()):
            fixed, planned = results.get(Result.FIXED, 0), results.get(Result.PLANNED, 0)
            failed = results.get(Result.FAILED, 0)
            if fixed or planned or failed:
                yield Remediations(rule, fixed, planned, failed)

    return tuple(made())


def decisions_of(score: Mapping[str, Any], remediations: Iterable[Remediations]) -> tuple[Decision, ...]:
    """Returns the decisions that a score requires, the most urgent first."""
    candidates = (
        _overdue_uncovered(score),
        _remediation_failed(remediations),
        _remediation_waiting(score),
        _rule_silent(score),
        _unknown_resources(score),
        _data_incomplete(score),
    )
    return tuple(decision for decision in candidates if decision.count)


def _overdue_uncovered(score: Mapping[str, Any]) -> Decision:
    rows = [row for row in score["overdue"] if row["remediation"] in UNCOVERED]
    overdue = sum(each["overdue"] for each in score["open"].values())
    return Decision(DecisionKind.OVERDUE_UNCOVERED, len(rows), overdue > len(score["overdue"]), _rules(rows))


def _remediation_failed(remediations: Iterable[Remediations]) -> Decision:
    failed = [each for each in remediations if each.failed]
    rules = tuple(each.rule for each in failed)
    return Decision(DecisionKind.REMEDIATION_FAILED, sum(each.failed for each in failed), False, rules)


def _remediation_waiting(score: Mapping[str, Any]) -> Decision:
    listed = {row["finding_id"]: row for row in (*score["worst"], *score["overdue"])}
    rows = [row for row in listed.values() if row["remediation"] in WAITING]
    total = sum(each["findings"] for each in score["open"].values())
    return Decision(DecisionKind.REMEDIATION_WAITING, len(rows), total > len(listed), _rules(rows))


def _rule_silent(score: Mapping[str, Any]) -> Decision:
    rules = _rules(each for each in score["completeness"]["problems"] if each["kind"] == ProblemKind.RULE_SILENT)
    return Decision(DecisionKind.RULE_SILENT, len(rules), False, rules)


def _unknown_resources(score: Mapping[str, Any]) -> Decision:
    rules = tuple(sorted(rule for rule, counts in score["rules"].items() if counts["unknown"]))
    return Decision(DecisionKind.UNKNOWN_RESOURCES, score["total"]["unknown"], False, rules)


def _data_incomplete(score: Mapping[str, Any]) -> Decision:
    problems = [each for each in score["completeness"]["problems"] if each["kind"] != ProblemKind.RULE_SILENT]
    return Decision(DecisionKind.DATA_INCOMPLETE, len(problems), False, ())


def _rules(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({row["rule"] for row in rows if row["rule"] is not None}))
