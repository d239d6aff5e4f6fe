"""What IAM is asked when a function calls AWS: one entry per operation.

Action names and resource levels are those of the Service Authorization Reference (a test compares them). A service
that uses a key in the caller's name asks as well: S3 for a sealed bucket, SNS for a sealed topic, DynamoDB for a table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.iam.conditions import Value
from simulation.iam.directory import Directory
from simulation.iam.policy import Request

Parameters = Mapping[str, Any]


class UnmappedOperationError(LookupError):
    """A function calls an operation that is not in this file's table: add it, with what IAM asks for it."""


@dataclass(frozen=True)
class Call:
    """An API call as IAM sees it: its parameters, the region of the client, and the account's directory."""

    parameters: Parameters
    region: str
    directory: Directory

    def request(self, action: str, resource: str, **context: Value) -> Request:
        """A request with what every request carries."""
        always: dict[str, Value] = {"aws:SecureTransport": "true", "aws:RequestedRegion": self.region}
        return Request(action, resource, always | {"aws:PrincipalAccount": self.directory.account} | context)

    def key_use(self, key: str | None, service: str, *actions: str) -> list[Request]:
        """What the service asks of KMS in the caller's name; nothing without a customer managed key."""
        via = {"kms:ViaService": f"{service}.{self.region}.amazonaws.com"}
        return [self.request(action, key, **via) for action in actions] if key else []


Asked = Callable[[Call], list[Request]]


def _bucket(call: Call) -> str:
    return f"arn:{call.directory.partition}:s3:::{call.parameters['Bucket']}"


def _on_bucket(action: str) -> Asked:
    return lambda call: [call.request(action, _bucket(call))]


def _put_object(call: Call) -> list[Request]:
    key = call.directory.bucket_key(call.parameters["Bucket"])
    put = call.request("s3:PutObject", f"{_bucket(call)}/{call.parameters['Key']}")
    return [put, *call.key_use(key, "s3", "kms:GenerateDataKey")]


def _get_object(call: Call) -> list[Request]:
    key = call.directory.bucket_key(call.parameters["Bucket"])
    get = call.request("s3:GetObject", f"{_bucket(call)}/{call.parameters['Key']}")
    return [get, *call.key_use(key, "s3", "kms:Decrypt")]


def _list_objects(call: Call) -> list[Request]:
    return [call.request("s3:ListBucket", _bucket(call), **{"s3:prefix": call.parameters.get("Prefix", "")})]


def _publish(call: Call) -> list[Request]:
    topic = call.parameters["TopicArn"]
    key = call.directory.topic_key(call.region, topic)
    return [call.request("sns:Publish", topic), *call.key_use(key, "sns", "kms:GenerateDataKey", "kms:Decrypt")]


def _on_table(action: str) -> Asked:
    def asked(call: Call) -> list[Request]:
        name = call.parameters["TableName"]
        access = call.request(action, call.directory.arn("dynamodb", call.region, f"table/{name}"))
        return [access, *call.key_use(call.directory.table_key(call.region, name), "dynamodb", "kms:Decrypt")]

    return asked


def _on_rule(action: str) -> Asked:
    def asked(call: Call) -> list[Request]:
        return [call.request(action, call.directory.config_rule(call.region, call.parameters["ConfigRuleName"]))]

    return asked


def _start_evaluation(call: Call) -> list[Request]:
    action, names = "config:StartConfigRulesEvaluation", call.parameters["ConfigRuleNames"]
    return [call.request(action, call.directory.config_rule(call.region, name)) for name in names]


def _on_aggregator(action: str) -> Asked:
    def asked(call: Call) -> list[Request]:
        name = call.parameters["ConfigurationAggregatorName"]
        return [call.request(action, call.directory.aggregator(call.region, name))]

    return asked


def _put_events(call: Call) -> list[Request]:
    bus = call.directory.arn("events", call.region, "event-bus/default")
    sources = tuple(sorted({entry["Source"] for entry in call.parameters["Entries"]}))
    return [call.request("events:PutEvents", bus, **{"events:source": sources})]


OPERATIONS: dict[tuple[str, str], Asked] = {
    ("config", "GetAggregateComplianceDetailsByConfigRule"): _on_aggregator(
        "config:GetAggregateComplianceDetailsByConfigRule"
    ),
    ("config", "GetComplianceDetailsByConfigRule"): _on_rule("config:GetComplianceDetailsByConfigRule"),
    ("config", "GetAggregateDiscoveredResourceCounts"): _on_aggregator("config:GetAggregateDiscoveredResourceCounts"),
    ("config", "ListAggregateDiscoveredResources"): _on_aggregator("config:ListAggregateDiscoveredResources"),
    ("config", "StartConfigRulesEvaluation"): _start_evaluation,
    ("dynamodb", "GetItem"): _on_table("dynamodb:GetItem"),
    ("dynamodb", "PutItem"): _on_table("dynamodb:PutItem"),
    ("dynamodb", "Scan"): _on_table("dynamodb:Scan"),
    ("events", "PutEvents"): _put_events,
    ("s3", "GetObject"): _get_object,
    ("s3", "GetBucketEncryption"): _on_bucket("s3:GetEncryptionConfiguration"),
    ("s3", "ListObjectsV2"): _list_objects,
    ("s3", "PutBucketEncryption"): _on_bucket("s3:PutEncryptionConfiguration"),
    ("s3", "PutObject"): _put_object,
    ("sns", "Publish"): _publish,
}


def asked(service: str, operation: str, call: Call) -> list[Request]:
    """The requests an operation puts to IAM; raises UnmappedOperationError."""
    entry = OPERATIONS.get((service, operation))
    if entry is None:
        raise UnmappedOperationError(f"{service}:{operation} is not in simulation/iam/operations.py")
    return entry(call)
