from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.model.rule import Severity
from handlers.score.figures import WEIGHTS, Part, by, figures, percent


def part(
    compliant: int, non_compliant: int, severity: Severity = Severity.HIGH, unknown: int = 0, **named: str
) -> Part:
    counts = {
        "discovered": compliant + non_compliant + unknown,
        "undiscovered": 0,
        "evaluated": compliant + non_compliant,
        "compliant": compliant,
        "non_compliant": non_compliant,
        "not_applicable": 0,
        "unknown": unknown,
    }
    place = {"rule": "rule", "category": "encryption", "account": "111122223333", "region": "eu-west-1"} | named
    return Part(severity=severity, counts=counts, **place)


@pytest.mark.parametrize(
    ("parts", "score"),
    [
        ([], None),
        ([part(0, 0)], None),
        ([part(3, 1)], 75.0),
        ([part(0, 3)], 0.0),
        # 5 x 1 of 5 x 2 and 2 x 3 of 2 x 3: 11 of 16.
        ([part(1, 1), part(3, 0, Severity.MEDIUM)], 68.7),
        ([part(1, 0, Severity.CRITICAL), part(0, 10, Severity.LOW)], 50.0),
    ],
)
def test_score_weighs_by_severity(parts: list[Part], score: float | None) -> None:
    assert figures(parts)["score"] == score


def test_unknown_lowers_coverage_and_not_the_score() -> None:
    found = figures([part(9, 1, unknown=90)])
    assert (found["score"], found["coverage"]) == (90.0, 10.0)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_hundred_requires_all_resources(passed: int, failed: int) -> None:
    found = figures([part(passed, failed)])["score"]
    assert 0 <= found < 100
    assert figures([part(passed + 1, 0)])["score"] == 100.0


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_percent_is_truncated(some: int, more: int) -> None:
    found: Any = percent(some, some + more)
    assert found <= 100 * some / (some + more) < found + 0.1 + 1e-9


def test_groups_have_their_own_figures() -> None:
    parts = [part(1, 1, rule="a", region="x"), part(1, 0, rule="b", region="x"), part(0, 1, rule="b", region="y")]
    assert {name: found["score"] for name, found in by(parts, lambda each: each.rule).items()} == {"a": 50.0, "b": 50.0}
    assert {name: found["score"] for name, found in by(parts, lambda each: each.region).items()} == {
        "x": 66.6,
        "y": 0.0,
    }


def test_every_severity_has_a_weight() -> None:
    assert set(WEIGHTS) == set(Severity)
    assert min(WEIGHTS.values()) > 0
