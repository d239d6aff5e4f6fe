"""Example calls of the operations in simulation/aws/iam/operations.py."""

from collections.abc import Mapping
from typing import Any

from botocore.session import Session

from simulation.aws.iam.call import Call
from simulation.aws.iam.directory import Directory
from simulation.aws.sessions import shared

ROLE = "arn:aws:iam::111122223333:role/process-dev-ew1"
TABLE = "findings-dev-ew1"
ITEM = {"finding_id": {"S": "f-1"}}

PARAMETERS: dict[str, Mapping[str, Any]] = {
    "config": {
        "ConfigRuleName": "s3-bucket-default-encryption-kms-dev-ew1",
        "ConfigRuleNames": ["s3-bucket-default-encryption-kms-dev-ew1"],
        "ConfigurationAggregatorName": "aggregator-dev-ew1",
    },
    "dynamodb": {
        "TableName": TABLE,
        "Key": ITEM,
        "Item": ITEM,
        "KeyConditionExpression": "finding_id = :f",
        "ExpressionAttributeValues": {":f": {"S": "f-1"}},
        "TransactItems": [
            {"Update": {"TableName": TABLE, "Key": ITEM}},
            {"Put": {"TableName": TABLE, "Item": ITEM}},
            {"Delete": {"TableName": TABLE, "Key": ITEM}},
            {"ConditionCheck": {"TableName": TABLE, "Key": ITEM}},
        ],
    },
    "ec2": {"InstanceIds": ["i-1"]},
    "events": {"Entries": [{"Source": "compliance-monitor", "DetailType": "Open Finding"}]},
    "rds": {"DBInstanceIdentifier": "one", "DBClusterIdentifier": "many"},
    "s3": {"Bucket": "compliance-reports-dev-ew1", "Key": "reports/a.json"},
    "sns": {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:alerts-high-dev-ew1"},
    "sqs": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/mails-urgent-dev-ew1"},
    "ssm": {"Name": "/compliance/remediation"},
}

BATCHES = {
    "BatchGetItem": {"RequestItems": {TABLE: {"Keys": [ITEM]}}},
    "BatchWriteItem": {"RequestItems": {TABLE: [{"PutRequest": {"Item": ITEM}}]}},
}


def example_call(service: str, operation: str, **changes: Any) -> Call:
    """Returns a call with the example parameters that the operation has, and changes of them; None removes one."""
    model = shared(Session()).get_service_model(service).operation_model(operation)
    given = {**PARAMETERS.get(service, {}), **BATCHES.get(operation, {}), **changes}
    parameters = {name: value for name, value in given.items() if name in model.input_shape.members and value}
    return Call(parameters, "eu-west-1", Directory("111122223333"), ROLE)
