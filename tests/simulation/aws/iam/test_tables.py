from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount
from simulation.aws.iam.conditions import UndecidableError, met
from simulation.aws.iam.policy import Request
from tests.simulation.aws.iam.test_operations import requests

TABLE = "approvals"
KEY = {"pk": {"S": "plan#1"}}
LEADING = "dynamodb:LeadingKeys"


@pytest.fixture(autouse=True)
def table(cloud: SimulatedAccount) -> None:
    cloud.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )


def asked(operation: str, **parameters: Any) -> list[Request]:
    return requests("dynamodb", operation, **{"TableName": TABLE, **parameters})


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetItem", {"Key": KEY}),
        ("PutItem", {"Item": KEY | {"more": {"N": "1"}}}),
        ("UpdateItem", {"Key": KEY}),
        ("Query", {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": KEY["pk"]}}),
        (
            "Query",
            {
                "KeyConditionExpression": "sk >= :s AND #k=:p",
                "ExpressionAttributeNames": {"#k": "pk"},
                "ExpressionAttributeValues": {":p": KEY["pk"], ":s": {"N": "1"}},
            },
        ),
    ],
)
def test_the_item_s_partition_key_is_a_condition_key(operation: str, parameters: dict[str, Any]) -> None:
    (request,) = asked(operation, **parameters)
    assert request.action == f"dynamodb:{operation}"
    assert request.resource == f"arn:aws:dynamodb:eu-west-1:111122223333:table/{TABLE}"
    assert request.context[LEADING] == ("plan#1",)
    assert met({"ForAllValues:StringLike": {LEADING: ["plan#*"]}}, request.context)
    assert not met({"ForAllValues:StringLike": {LEADING: ["approval#*"]}}, request.context)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetItem", {"Key": {"other": {"S": "x"}}}),
        ("PutItem", {"Item": {"pk": {"N": "1"}}}),
        ("Query", {"KeyConditionExpression": "sk = :s", "ExpressionAttributeValues": {":s": {"S": "x"}}}),
        ("Query", {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"N": "1"}}}),
        ("Query", {"IndexName": "by-date"}),
    ],
)
def test_an_unknown_partition_key_is_rejected(operation: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(UndecidableError, match=TABLE):
        asked(operation, **parameters)


def test_each_item_of_a_transaction_needs_its_own_permission() -> None:
    entries = [
        {"Put": {"TableName": TABLE, "Item": {"pk": {"S": "a"}}}},
        {"Update": {"TableName": TABLE, "Key": {"pk": {"S": "b"}}}},
        {"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "c"}}}},
        {"ConditionCheck": {"TableName": TABLE, "Key": {"pk": {"S": "d"}}}},
    ]
    found = asked("TransactWriteItems", TransactItems=entries)
    assert [(request.action, request.context[LEADING]) for request in found] == [
        ("dynamodb:PutItem", ("a",)),
        ("dynamodb:UpdateItem", ("b",)),
        ("dynamodb:DeleteItem", ("c",)),
        ("dynamodb:ConditionCheckItem", ("d",)),
    ]


def test_table_request_has_no_leading_keys() -> None:
    (request,) = asked("Scan")
    assert LEADING not in request.context
