"""IAM requests of DynamoDB calls: the table, its key, and the items by partition key.

The partition key's value is the condition key dynamodb:LeadingKeys. It is known here where it is text.
"""

import re
from collections.abc import Mapping
from typing import Any

from simulation.aws.iam.call import Asked, Call
from simulation.aws.iam.conditions import UndecidableError, Value
from simulation.aws.iam.policy import Request

EQUALITY = re.compile(r"(?<![\w#])(#?\w+)\s*=\s*(:\w+)")

# An entry of TransactWriteItems has the parameters of the operation whose permission it needs.
TRANSACTED = {
    "ConditionCheck": ("dynamodb:ConditionCheckItem", "Key"),
    "Delete": ("dynamodb:DeleteItem", "Key"),
    "Put": ("dynamodb:PutItem", "Item"),
    "Update": ("dynamodb:UpdateItem", "Key"),
}


def on_table(action: str) -> Asked:
    """Returns a request for the table as a whole."""
    return lambda call: _on_table(call, action, call.parameters["TableName"])


def on_item(action: str, holder: str) -> Asked:
    """Returns a request for one item, whose key attributes are in the parameter `holder`."""

    def asked(call: Call) -> list[Request]:
        table = call.parameters["TableName"]
        return _on_table(call, action, table, **_leading_key(call, table, call.parameters[holder]))

    return asked


def batch_get(call: Call) -> list[Request]:
    """Returns a request for each table, with the partition keys of all its items."""
    found = []
    for table, asked in call.parameters["RequestItems"].items():
        keys = [_leading_key(call, table, key).get("dynamodb:LeadingKeys", ()) for key in asked["Keys"]]
        leading: dict[str, Value] = {"dynamodb:LeadingKeys": tuple(key for each in keys for key in each)}
        found += _on_table(call, "dynamodb:BatchGetItem", table, **leading)
    return found


def batch_write(call: Call) -> list[Request]:
    """Returns a request for each table, with the partition keys of all the items that are put."""
    found = []
    for table, asked in call.parameters["RequestItems"].items():
        items = [each["PutRequest"]["Item"] for each in asked]
        keys = [_leading_key(call, table, item).get("dynamodb:LeadingKeys", ()) for item in items]
        leading: dict[str, Value] = {"dynamodb:LeadingKeys": tuple(key for each in keys for key in each)}
        found += _on_table(call, "dynamodb:BatchWriteItem", table, **leading)
    return found


def query(call: Call) -> list[Request]:
    """Returns a query's partition key, from its key condition."""
    table = call.parameters["TableName"]
    if "IndexName" in call.parameters:
        raise UndecidableError(f"{table}: what IAM asks for a query of an index is not known to the simulation")
    names, values = (call.parameters.get(f"ExpressionAttribute{each}", {}) for each in ("Names", "Values"))
    found = EQUALITY.findall(call.parameters.get("KeyConditionExpression", ""))
    stated = {names.get(name, name): values.get(value, {}) for name, value in found}
    return _on_table(call, "dynamodb:Query", table, **_leading_key(call, table, stated))


def transact_write(call: Call) -> list[Request]:
    """Returns the requests of a transaction's items: there is no action for the transaction itself."""
    found = []
    for entry in call.parameters["TransactItems"]:
        ((kind, parameters),) = entry.items()
        action, holder = TRANSACTED[kind]
        table = parameters["TableName"]
        found += _on_table(call, action, table, **_leading_key(call, table, parameters[holder]))
    return found


def _on_table(call: Call, action: str, table: str, **context: Value) -> list[Request]:
    access = call.request(action, call.directory.arn("dynamodb", call.region, f"table/{table}"), **context)
    return [access, *call.key_use(call.directory.table_key(call.region, table), "dynamodb", "kms:Decrypt")]


def _leading_key(call: Call, table: str, attributes: Mapping[str, Any]) -> dict[str, Value]:
    name = call.directory.partition_key(call.region, table)
    if name is None:
        return {}  # a missing table, for which DynamoDB returns the error
    if "S" not in attributes.get(name, {}):
        raise UndecidableError(f"{table}: the partition key {name} is not given, or is not text")
    return {"dynamodb:LeadingKeys": (attributes[name]["S"],)}
