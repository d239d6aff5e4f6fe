"""IAM requests of AWS calls: an entry for each operation whose requests reference.py cannot derive completely.

Action names and resource levels are those of the Service Authorization Reference (a test compares them). S3, SNS and
DynamoDB also need permission to use the KMS key of an encrypted bucket, topic or table on behalf of the caller.
"""

from simulation.aws.buses import named
from simulation.aws.iam.call import Asked, Call
from simulation.aws.iam.conditions import Value
from simulation.aws.iam.objects import delete_object, get_object, list_objects, on_bucket, put_object
from simulation.aws.iam.policy import Request
from simulation.aws.iam.reference import derived
from simulation.aws.iam.tables import batch_get, batch_write, on_item, on_table, query, transact_write


def _publish(call: Call) -> list[Request]:
    topic = call.parameters["TopicArn"]
    key = call.directory.topic_key(call.region, topic)
    return [call.request("sns:Publish", topic), *call.key_use(key, "sns", "kms:GenerateDataKey", "kms:Decrypt")]


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


def put_events(call: Call) -> list[Request]:
    """Returns a request for each event bus of the entries, with the sources of its events."""
    sources: dict[str, set[str]] = {}
    for entry in call.parameters["Entries"]:
        bus = call.directory.arn("events", call.region, f"event-bus/{named(entry.get('EventBusName'))}")
        sources.setdefault(bus, set()).add(entry["Source"])
    return [
        call.request("events:PutEvents", bus, **{"events:source": tuple(sorted(sources[bus]))})
        for bus in sorted(sources)
    ]


def _on_instances(action: str) -> Asked:
    """Returns the function for operations with a request per instance, with its current tags."""

    def asked(call: Call) -> list[Request]:
        return [_on_instance(call, action, identity) for identity in call.parameters["InstanceIds"]]

    return asked


def _on_instance(call: Call, action: str, identity: str) -> Request:
    tags = call.directory.instance_tags(call.region, identity)
    context: dict[str, Value] = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    return call.request(action, call.directory.arn("ec2", call.region, f"instance/{identity}"), **context)


def _on_database(action: str, kind: str, parameter: str) -> Asked:
    """Returns the function for operations on one database or cluster, or on all if the call names none."""

    def asked(call: Call) -> list[Request]:
        name = call.parameters.get(parameter, "*")
        arn = name if name.startswith("arn:") else call.directory.arn("rds", call.region, f"{kind}:{name}")
        return [call.request(action, arn)]

    return asked


OPERATIONS: dict[tuple[str, str], Asked] = {
    ("config", "DescribeAggregateComplianceByConfigRules"): _on_aggregator(
        "config:DescribeAggregateComplianceByConfigRules"
    ),
    ("config", "GetAggregateComplianceDetailsByConfigRule"): _on_aggregator(
        "config:GetAggregateComplianceDetailsByConfigRule"
    ),
    ("config", "GetComplianceDetailsByConfigRule"): _on_rule("config:GetComplianceDetailsByConfigRule"),
    ("config", "GetAggregateDiscoveredResourceCounts"): _on_aggregator("config:GetAggregateDiscoveredResourceCounts"),
    ("config", "GetAggregateResourceConfig"): _on_aggregator("config:GetAggregateResourceConfig"),
    ("config", "ListAggregateDiscoveredResources"): _on_aggregator("config:ListAggregateDiscoveredResources"),
    ("config", "SelectAggregateResourceConfig"): _on_aggregator("config:SelectAggregateResourceConfig"),
    ("config", "StartConfigRulesEvaluation"): _start_evaluation,
    ("dynamodb", "BatchGetItem"): batch_get,
    ("dynamodb", "BatchWriteItem"): batch_write,
    ("dynamodb", "DeleteItem"): on_item("dynamodb:DeleteItem", "Key"),
    ("dynamodb", "GetItem"): on_item("dynamodb:GetItem", "Key"),
    ("dynamodb", "PutItem"): on_item("dynamodb:PutItem", "Item"),
    ("dynamodb", "Query"): query,
    ("dynamodb", "Scan"): on_table("dynamodb:Scan"),
    ("dynamodb", "TransactWriteItems"): transact_write,
    ("dynamodb", "UpdateItem"): on_item("dynamodb:UpdateItem", "Key"),
    ("ec2", "StartInstances"): _on_instances("ec2:StartInstances"),
    ("ec2", "StopInstances"): _on_instances("ec2:StopInstances"),
    ("events", "PutEvents"): put_events,
    ("rds", "DescribeDBClusters"): _on_database("rds:DescribeDBClusters", "cluster", "DBClusterIdentifier"),
    ("rds", "DescribeDBInstances"): _on_database("rds:DescribeDBInstances", "db", "DBInstanceIdentifier"),
    ("s3", "DeleteObject"): delete_object,
    ("s3", "GetBucketEncryption"): on_bucket("s3:GetEncryptionConfiguration"),
    ("s3", "GetObject"): get_object,
    ("s3", "ListObjectsV2"): list_objects,
    ("s3", "PutBucketEncryption"): on_bucket("s3:PutEncryptionConfiguration"),
    ("s3", "PutObject"): put_object,
    ("sns", "Publish"): _publish,
}


def asked(service: str, operation: str, call: Call) -> list[Request]:
    """Returns the IAM requests of a call; raises UnmappedOperationError."""
    entry = OPERATIONS.get((service, operation))
    return entry(call) if entry else derived(service, operation, call)
