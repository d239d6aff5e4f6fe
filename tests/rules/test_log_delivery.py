import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.s3_bucket_default_encryption_kms.log_delivery import (
    ANYBODY,
    LOAD_BALANCER_ACCOUNTS,
    LOAD_BALANCERS,
    SERVER_ACCESS,
    MalformedPolicyError,
    by_acl,
    by_policy,
)

VENDED = "vended logs (delivery.logs.amazonaws.com)"
TRAIL = "cloudtrail.amazonaws.com"
OBJECTS = "arn:aws:s3:::ledger/*"
ELB_SERVICE = "logdelivery.elasticloadbalancing.amazonaws.com"


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: Any, action: Any = "s3:PutObject", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": OBJECTS, **more}


@pytest.mark.parametrize(
    ("principal", "who"),
    [
        ({"Service": ELB_SERVICE}, {LOAD_BALANCERS}),
        ({"Service": "logdelivery.elasticloadbalancing.amazonaws.com.cn"}, {LOAD_BALANCERS}),
        ({"Service": "logdelivery.elb.amazonaws.com"}, {LOAD_BALANCERS}),
        ({"Service": "logging.s3.amazonaws.com"}, {SERVER_ACCESS}),
        ({"Service": ["delivery.logs.amazonaws.com", "cloudtrail.amazonaws.com"]}, {VENDED, TRAIL}),
        ({"Service": ["logging.s3.amazonaws.com", "delivery.logs.amazonaws.com"]}, {SERVER_ACCESS, VENDED}),
        ({"AWS": "arn:aws:iam::156460612806:root"}, {LOAD_BALANCERS}),
        ({"AWS": ["arn:aws:iam::111122223333:root", "054676820928"]}, {LOAD_BALANCERS}),
        ({"AWS": "arn:aws-cn:iam::638102146993:root"}, {LOAD_BALANCERS}),
        ({"AWS": "arn:aws:iam::111122223333:root"}, set()),
        ({"AWS": "arn:aws:iam::111122223333:role/156460612806"}, set()),
        ({"CanonicalUser": "156460612806"}, set()),
        ({"Service": TRAIL}, {TRAIL}),
        ({"Service": "logging.s3.example.com"}, {"logging.s3.example.com"}),
        ({}, set()),
        ("*", {ANYBODY}),
        (["*"], {ANYBODY}),
        ({"AWS": "*"}, {ANYBODY}),
        ({"Service": ["*"]}, {ANYBODY}),
    ],
)
def test_log_delivery_by_policy(principal: Any, who: set[str]) -> None:
    assert by_policy(policy(allow(principal))) == who
    assert by_policy(policy({"Effect": "Deny", "Principal": principal, "Action": "s3:*"})) == set()
    assert by_policy(policy(allow({"AWS": "111122223333"}), allow(principal))) == who


@pytest.mark.parametrize(
    "action", ["s3:PutObject", "s3:putobject", "S3:*", "s3:Put*", "*", "s3:Put?bject", ["a", "s3:*t"]]
)
def test_statements_that_allow_put_object(action: Any) -> None:
    statement = allow({"Service": ELB_SERVICE}, action)
    assert by_policy(policy(statement)) == {LOAD_BALANCERS}
    statement["NotAction"] = statement.pop("Action")
    assert by_policy(policy(statement)) == set()


@pytest.mark.parametrize(
    "action", ["s3:GetBucketAcl", "s3:PutObjectAcl", "s3:Put", "s3:Put?", [], "", "s3:[P]utObject"]
)
def test_statements_that_do_not_allow_put_object(action: Any) -> None:
    statement = allow({"Service": ELB_SERVICE}, action)
    assert by_policy(policy(statement)) == set()
    statement["NotAction"] = statement.pop("Action")
    assert by_policy(policy(statement)) == {LOAD_BALANCERS}


def test_not_principal_is_any_principal() -> None:
    statement = allow(None) | {"NotPrincipal": {"AWS": "111122223333"}}
    del statement["Principal"]
    assert by_policy(policy(statement)) == {ANYBODY}


def test_one_statement_needs_no_list() -> None:
    assert by_policy(json.dumps({"Statement": allow({"Service": ELB_SERVICE})})) == {LOAD_BALANCERS}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "[" * 100_000,
        '{"Statement": "Allow"}',
        policy(None),
        policy([]),
        policy({}),
        policy({"Effect": "allow", "Principal": "*", "Action": "s3:*"}),
        policy({"Effect": "Allow", "Principal": "*"}),
        policy({"Effect": "Allow", "Action": "s3:*"}),
        policy(allow({"Service": None})),
        policy(allow({"Service": [7]})),
        policy(allow("*", {"a": 1})),
        policy(allow(7)),
    ],
    ids=lambda text: text[:40],
)
def test_malformed_policy_is_named(text: str) -> None:
    with pytest.raises(MalformedPolicyError):
        by_policy(text)


WORDS = ["Effect", "Allow", "Deny", "Principal", "Service", "AWS", "Action", "s3:*", "*", ELB_SERVICE, "Statement"]
LEAVES = st.sampled_from(WORDS) | st.none() | st.booleans() | st.integers() | st.text(max_size=5)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
)


@given(ANYTHING | st.builds(lambda statement: {"Statement": statement}, ANYTHING))
def test_no_policy_crashes(document: Any) -> None:
    try:
        by_policy(json.dumps(document))
    except MalformedPolicyError as error:
        assert str(error)


@given(st.text(max_size=30))
def test_no_text_crashes(text: str) -> None:
    with pytest.raises(MalformedPolicyError):
        by_policy(text)


def one_or_more(texts: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Returns a strategy for one text, or for a list of texts."""
    return st.sampled_from(sorted(texts)).map(str) | st.lists(st.sampled_from(sorted(texts)), min_size=1, max_size=3)


ACTIONS = {"s3:PutObject": 1, "s3:*": 1, "s3:Put*": 1, "*": 1, "s3:GetObject": 0, "s3:PutObjectAcl": 0, "s3:Get*": 0}
SERVICES = {
    ELB_SERVICE: LOAD_BALANCERS,
    "logging.s3.amazonaws.com": SERVER_ACCESS,
    "config.amazonaws.com": "config.amazonaws.com",
}
ACCOUNTS = {**dict.fromkeys(sorted(LOAD_BALANCER_ACCOUNTS)[:3], LOAD_BALANCERS), "111122223333": None, "*": ANYBODY}
STATEMENTS = st.builds(
    lambda effect, action, service, account: {
        "Effect": effect,
        "Action": action,
        "Principal": {"Service": service, "AWS": account},
    },
    st.sampled_from(["Allow", "Deny"]),
    one_or_more(ACTIONS),
    one_or_more(SERVICES),
    one_or_more(ACCOUNTS),
)


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


@given(st.lists(STATEMENTS, max_size=4))
def test_every_shape_of_a_policy(statements: list[dict[str, Any]]) -> None:
    expected = set()
    for each in statements:
        if each["Effect"] == "Allow" and any(ACTIONS[action] for action in listed(each["Action"])):
            expected |= {SERVICES[name] for name in listed(each["Principal"]["Service"])}
            expected |= {ACCOUNTS[name] for name in listed(each["Principal"]["AWS"])}
    assert by_policy(policy(*statements)) == expected - {None}


GROUP = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}


@pytest.mark.parametrize(
    ("grants", "who"),
    [
        ([], set()),
        ([{}], set()),
        ([{"Grantee": GROUP, "Permission": "WRITE"}], {SERVER_ACCESS}),
        ([{"Grantee": GROUP, "Permission": "FULL_CONTROL"}], {SERVER_ACCESS}),
        ([{"Grantee": GROUP, "Permission": "READ_ACP"}], set()),
        ([{"Grantee": {"Type": "CanonicalUser", "ID": "75aa57f0"}, "Permission": "FULL_CONTROL"}], set()),
    ],
)
def test_log_delivery_by_acl(grants: list[dict[str, Any]], who: set[str]) -> None:
    assert by_acl(grants) == who
