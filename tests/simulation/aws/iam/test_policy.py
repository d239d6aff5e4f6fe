from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.aws.iam.conditions import UndecidableError, glob
from simulation.aws.iam.policy import Request, decide

BUCKET = "arn:aws:s3:::reports"


def statement(effect: str = "Allow", sid: str = "One", **elements: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": effect, "Action": "s3:PutObject", "Resource": f"{BUCKET}/reports/*"} | elements


def allowed(*statements: dict[str, Any], action: str = "s3:PutObject", key: str = "reports/a", **context: Any) -> bool:
    return decide([{"Statement": list(statements)}], Request(action, f"{BUCKET}/{key}", context)).allowed


def test_allows_the_named_action_and_resource() -> None:
    decision = decide([{"Statement": statement()}], Request("s3:PutObject", f"{BUCKET}/reports/a"))
    assert (decision.allowed, decision.sid) == (True, "One")


@pytest.mark.parametrize(
    ("action", "key"), [("s3:GetObject", "reports/a"), ("s3:PutObject", "audit/a"), ("s3:PutObjectAcl", "reports/a")]
)
def test_denies_anything_else_with_a_reason(action: str, key: str) -> None:
    decision = decide([{"Statement": [statement()]}], Request(action, f"{BUCKET}/{key}"))
    assert (decision.allowed, decision.sid) == (False, None)
    assert decision.reason == f"because no identity-based policy allows the {action} action"


def test_without_policies_nothing_is_allowed() -> None:
    assert not decide([], Request("s3:PutObject", BUCKET)).allowed


@given(st.permutations([statement(), statement("Deny", "Two"), statement(Action="s3:*"), statement(Resource="*")]))
def test_explicit_deny_wins_in_any_order(statements: list[dict[str, Any]]) -> None:
    decision = decide([{"Statement": statements}], Request("s3:PutObject", f"{BUCKET}/reports/a"))
    assert (decision.allowed, decision.sid) == (False, "Two")


def test_deny_whose_condition_is_not_met_does_not_apply() -> None:
    insecure = statement("Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})
    assert allowed(statement(), insecure, **{"aws:SecureTransport": "true"})
    assert not allowed(statement(), insecure, **{"aws:SecureTransport": "false"})


def test_actions_are_case_insensitive_and_resources_are_not() -> None:
    assert allowed(statement(Action="S3:putobject"))
    assert not allowed(statement(Resource=f"{BUCKET}/REPORTS/*"))


def test_negated_elements() -> None:
    rest = {"Sid": "Rest", "Effect": "Allow", "NotAction": "s3:GetObject", "NotResource": f"{BUCKET}/audit/*"}
    assert allowed(rest)
    assert not allowed(rest, key="audit/a")
    assert not allowed(rest, action="s3:GetObject")


@pytest.mark.parametrize(
    "wrong",
    [
        {"Effect": "Allow", "Resource": "*"},
        {"Effect": "Allow", "Action": "*"},
        statement("Maybe"),
        statement(Principal="*"),
        statement(Resource="arn:aws:s3:::${aws:username}/*"),
        statement(Condition={"StringMatches": {"a": "b"}}),
        statement(Condition={"StringEquals": {"aws:PrincipalTag/a": "${aws:username}"}}),
    ],
)
def test_unsupported_policies_are_rejected(wrong: dict[str, Any]) -> None:
    with pytest.raises(UndecidableError):
        allowed(wrong, **{"aws:PrincipalTag/a": "x"})


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("a*", "a", True),
        ("a*", "a/b:c", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a.c", "abc", False),
        ("a[b]c", "abc", False),
        ("a", "ab", False),
    ],
)
def test_wildcards(pattern: str, value: str, matches: bool) -> None:
    assert glob(pattern, value) is matches


@given(st.text())
def test_a_pattern_without_wildcards_matches_itself_only(text: str) -> None:
    plain = text.replace("*", "").replace("?", "").replace("$", "")
    assert glob(plain, plain)
    assert not glob(plain, plain + "x")
