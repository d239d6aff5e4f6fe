"""IAM requests of DynamoDB calls: on the table, its KMS key, and the items by partition key.

The partition key's value is the condition key dynamodb:LeadingKeys. Only strings are supported.
"""

import re
from collections.abc import Mapping
from typing import Any

from simulation.aws.iam.call import Asked, Call
from simulation.aws.iam.conditions import UndecidableError, Value
from simulation.aws.iam.policy import Request

EQUALITY = re.compile(r"(?<![\w#])(#?\w+)\s*=\s*(:\w+)")

# TransactWriteItems needs the permissions of the operations in its entries.
TRANSACTED = {
    "ConditionCheck": ("dynamodb:ConditionCheckItem", "Key"),
    "Delete": ("dynamodb:DeleteItem", "Key"),
    "Put": ("dynamodb:PutItem", "Item"),
    "Update": ("dynamodb:UpdateItem", "Key"),
}


def on_table(action: str) -> Asked:
    """Returns the function for operations with one request, on the table."""
    return lambda call: _on_table(call, action, call.parameters["TableName"])


def on_item(action: str, parameter: str) -> Asked:
    """Returns the function for operations on one item, whose key is in `parameter`."""

    def asked(call: Call) -> list[Request]:
        table = call.parameters["TableName"]
        return _on_table(call, action, table, **_leading_key(call, table, call.parameters[parameter]))

    return asked


def batch_get(call: Call) -> list[Request]:
    """Returns a request for each table, with the partition keys of all its items."""
    requests = []
    for table, entries in call.parameters["RequestItems"].items():
        keys = [_leading_key(call, table, key).get("dynamodb:LeadingKeys", ()) for key in entries["Keys"]]
        leading: dict[str, Value] = {"dynamodb:LeadingKeys": tuple(key for each in keys for key in each)}
        requests += _on_table(call, "dynamodb:BatchGetItem", table, **leading)
    return requests


def batch_write(call: Call) -> list[Request]:
    """Returns a request for each table, with the partition keys of all its new items."""
    requests = []
    for table, entries in call.parameters["RequestItems"].items():
        items = [each["PutRequest"]["Item"] for each in entries]
        keys = [_leading_key(call, table, item).get("dynamodb:LeadingKeys", ()) for item in items]
        leading: dict[str, Value] = {"dynamodb:LeadingKeys": tuple(key for each in keys for key in each)}
        requests += _on_table(call, "dynamodb:BatchWriteItem", table, **leading)
    return requests


def query(call: Call) -> list[Request]:
    """Returns the requests of a query, with the partition key from its key condition."""
    table = call.parameters["TableName"]
    if "IndexName" in call.parameters:
        raise UndecidableError(f"{table}: the simulation does not support queries of an index")
    names, values = (call.parameters.get(f"ExpressionAttribute{each}", {}) for each in ("Names", "Values"))
    equalities = EQUALITY.findall(call.parameters.get("KeyConditionExpression", ""))
    stated = {names.get(name, name): values.get(value, {}) for name, value in equalities}
    return _on_table(call, "dynamodb:Query", table, **_leading_key(call, table, stated))


def transact_write(call: Call) -> list[Request]:
    """Returns the requests of a transaction's entries: IAM has no action for the transaction itself."""
    requests = []
    for entry in call.parameters["TransactItems"]:
        ((kind, parameters),) = entry.items()
        action, parameter = TRANSACTED[kind]
        table = parameters["TableName"]
        requests += _on_table(call, action, table, **_leading_key(call, table, parameters[parameter]))
    return requests


def _on_table(call: Call, action: str, table: str, **context: Value) -> list[Request]:
    access = call.request(action, call.directory.arn("dynamodb", call.region, f"table/{table}"), **context)
    return [access, *call.key_use(call.directory.table_key(call.region, table), "dynamodb", "kms:Decrypt")]


def _leading_key(call: Call, table: str, attributes: Mapping[str, Any]) -> dict[str, Value]:
    name = call.directory.partition_key(call.region, table)
    if name is None:
        return {}  # a missing table, for which DynamoDB returns the error
    if "S" not in attributes.get(name, {}):
        raise UndecidableError(f"{table}: the partition key {name} is missing, or is not a string")
    return {"dynamodb:LeadingKeys": (attributes[name]["S"],)}
