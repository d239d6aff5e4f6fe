"""Requests that are derived from the Service Authorization Reference, beside those of the table."""

from typing import Any

import pytest

from simulation.aws.account import SimulatedAccount
from simulation.aws.iam.call import Call
from simulation.aws.iam.directory import Directory
from simulation.aws.iam.operations import OPERATIONS, asked
from simulation.aws.iam.policy import Request
from simulation.aws.iam.reference import UnmappedOperationError, derived
from simulation.aws.mocked import IMAGE
from tests.support.calls import example_call

GENERATED = "the ARN has a generated id"
NO_ACTION = "the action has another name than the operation"
NESTED = "the names are inside of lists or maps"

UNDERIVED = {
    ("config", "DescribeAggregateComplianceByConfigRules"): GENERATED,
    ("config", "GetAggregateComplianceDetailsByConfigRule"): GENERATED,
    ("config", "GetAggregateDiscoveredResourceCounts"): GENERATED,
    ("config", "GetAggregateResourceConfig"): GENERATED,
    ("config", "GetComplianceDetailsByConfigRule"): GENERATED,
    ("config", "ListAggregateDiscoveredResources"): GENERATED,
    ("config", "SelectAggregateResourceConfig"): GENERATED,
    ("config", "StartConfigRulesEvaluation"): GENERATED,
    ("dynamodb", "BatchGetItem"): NESTED,
    ("dynamodb", "BatchWriteItem"): NESTED,
    ("dynamodb", "TransactWriteItems"): NO_ACTION,
    ("events", "PutEvents"): NESTED,
    ("s3", "GetBucketEncryption"): NO_ACTION,
    ("s3", "ListObjectsV2"): NO_ACTION,
    ("s3", "PutBucketEncryption"): NO_ACTION,
}

# What the table has and the reference lacks: keys and conditions of the example, or a call with other parameters.
ADDED: dict[tuple[str, str], dict[str, Any]] = {
    ("dynamodb", "DeleteItem"): {},
    ("dynamodb", "GetItem"): {},
    ("dynamodb", "PutItem"): {},
    ("dynamodb", "Query"): {},
    ("dynamodb", "Scan"): {},
    ("dynamodb", "UpdateItem"): {},
    ("ec2", "StartInstances"): {},
    ("ec2", "StopInstances"): {},
    ("rds", "DescribeDBClusters"): {"DBClusterIdentifier": None},
    ("rds", "DescribeDBInstances"): {"DBInstanceIdentifier": None},
    ("s3", "DeleteObject"): {"VersionId": "v"},
    ("s3", "GetObject"): {},
    ("s3", "PutObject"): {},
    ("sns", "Publish"): {},
}


@pytest.fixture
def instance(deployed: SimulatedAccount) -> dict[str, Any]:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Team", "Value": "ledger"}]}]
    (run,) = deployed.client("ec2").run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, TagSpecifications=tags)[
        "Instances"
    ]
    return {"InstanceIds": [run["InstanceId"]]}


def on_resources(requests: list[Request]) -> set[tuple[str, str]]:
    return {(each.action, each.resource) for each in requests if not each.action.startswith("kms:")}


def test_every_entry_of_the_table_is_compared() -> None:
    assert UNDERIVED.keys() | ADDED.keys() == OPERATIONS.keys()
    assert not UNDERIVED.keys() & ADDED.keys()


@pytest.mark.parametrize(("service", "operation"), ADDED)
def test_the_reference_agrees_with_the_table_which_adds_something(
    instance: dict[str, Any], service: str, operation: str
) -> None:
    call = example_call(service, operation, **instance)
    assert on_resources(derived(service, operation, call)) == on_resources(asked(service, operation, call))

    other = example_call(service, operation, **instance, **ADDED[service, operation])
    try:
        assert derived(service, operation, other) != asked(service, operation, other)
    except UnmappedOperationError:
        assert asked(service, operation, other)


@pytest.mark.parametrize(("service", "operation"), UNDERIVED)
def test_an_entry_that_cannot_be_derived_is_refused(deployed: SimulatedAccount, service: str, operation: str) -> None:
    with pytest.raises(UnmappedOperationError) as refused:
        derived(service, operation, example_call(service, operation))
    assert ("IAM has no action" in str(refused.value)) == (UNDERIVED[service, operation] == NO_ACTION)


def requests(service: str, operation: str, parameters: dict[str, Any]) -> list[tuple[str, str]]:
    call = Call(parameters, "eu-west-1", Directory("111122223333"), "arn:aws:iam::111122223333:role/writer")
    return [(each.action, each.resource) for each in derived(service, operation, call)]


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:eu-west-1:111122223333:{resource}"


QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
BALANCER = arn("elasticloadbalancing", "loadbalancer/app/web/50dc6c495c0c9188")
LISTENER = arn("elasticloadbalancing", "listener/net/web/50dc6c495c0c9188/f2f7dc8efc522ab2")

CALLS: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("cloudtrail", "StartLogging", {"Name": "trail"}, [arn("cloudtrail", "trail/trail")]),
    ("cloudwatch", "EnableAlarmActions", {"AlarmNames": ["a", "b"]}, [arn("cloudwatch", f"alarm:{n}") for n in "ab"]),
    ("dynamodb", "UpdateContinuousBackups", {"TableName": "orders"}, [arn("dynamodb", "table/orders")]),
    ("ec2", "DescribeVolumes", {"VolumeIds": ["vol-1"]}, ["*"]),
    ("ec2", "DetachVolume", {"VolumeId": "vol-1"}, [arn("ec2", "volume/vol-1")]),
    ("ec2", "RevokeSecurityGroupIngress", {"GroupId": "sg-1"}, [arn("ec2", "security-group/sg-1")]),
    ("ec2", "TerminateInstances", {"InstanceIds": ["i-1", "i-2"]}, [arn("ec2", f"instance/i-{n}") for n in (1, 2)]),
    ("elbv2", "ModifyListener", {"ListenerArn": LISTENER}, [LISTENER]),
    ("elbv2", "ModifyLoadBalancerAttributes", {"LoadBalancerArn": BALANCER}, [BALANCER]),
    ("events", "DisableRule", {"Name": "daily"}, [arn("events", "rule/daily")]),
    ("events", "PutTargets", {"Rule": "daily", "EventBusName": "own"}, [arn("events", "rule/own/daily")]),
    ("kms", "EnableKeyRotation", {"KeyId": "1234-5678"}, [arn("kms", "key/1234-5678")]),
    ("kms", "EnableKeyRotation", {"KeyId": arn("kms", "key/1234")}, [arn("kms", "key/1234")]),
    ("logs", "PutRetentionPolicy", {"logGroupName": "/aws/x"}, [arn("logs", "log-group:/aws/x:log-stream:")]),
    ("logs", "TagResource", {"resourceArn": arn("logs", "log-group:x")}, [arn("logs", "log-group:x")]),
    (
        "rds",
        "ModifyDBInstance",
        {"DBInstanceIdentifier": "one", "OptionGroupName": "audited"},
        [arn("rds", "db:one"), arn("rds", "og:audited")],
    ),
    ("rds", "ModifyDBCluster", {"DBClusterIdentifier": "many"}, [arn("rds", "cluster:many")]),
    ("s3", "GetBucketAcl", {"Bucket": "reports"}, ["arn:aws:s3:::reports"]),
    ("s3", "PutObjectTagging", {"Bucket": "reports", "Key": "a/b"}, ["arn:aws:s3:::reports/a/b"]),
    (
        "sns",
        "SetTopicAttributes",
        {"TopicArn": arn("sns", "alerts"), "AttributeValue": arn("sns", "b")},
        [arn("sns", "alerts")],
    ),
    ("sqs", "GetQueueAttributes", {"QueueUrl": QUEUE, "AttributeNames": ["All"]}, [arn("sqs", "orders")]),
    ("ssm", "GetParameters", {"Names": ["/a/b", "c"]}, [arn("ssm", "parameter/a/b"), arn("ssm", "parameter/c")]),
]

PREFIXES = {"elbv2": "elasticloadbalancing"}


@pytest.mark.parametrize(("service", "operation", "parameters", "resources"), CALLS)
def test_a_call_has_the_requests_of_its_parameters(
    service: str, operation: str, parameters: dict[str, Any], resources: list[str]
) -> None:
    action = f"{PREFIXES.get(service, service)}:{operation}"
    assert requests(service, operation, parameters) == [(action, resource) for resource in resources]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "reason"),
    [
        ("s3", "HeadBucket", {"Bucket": "reports"}, "IAM has no action s3:HeadBucket"),
        ("mturk", "GetHIT", {"HITId": "1"}, "IAM has no action mturk-requester:GetHIT"),
        ("rds", "DescribeDBInstances", {}, "no parameter fits .*:db:"),
        ("iam", "UpdateAccessKey", {"UserName": "ada"}, "no parameter fits .*UserNameWithPath"),
        ("config", "DeleteConfigRule", {"ConfigRuleName": "a"}, "no parameter fits .*ConfigRuleId"),
        ("ec2", "CreateSnapshot", {"VolumeId": "vol-1"}, "no parameter fits .*snapshot/"),
        ("ec2", "CreateTags", {"Resources": ["i-1"]}, "no parameter fits"),
        ("events", "PutTargets", {"Rule": "a", "EventBusName": arn("events", "event-bus/b")}, "ARN of another type"),
        ("kms", "EnableKeyRotation", {"KeyId": arn("kms", "alias/a")}, "ARN of another type"),
        ("kms", "EnableKeyRotation", {"KeyId": "alias/a"}, "alias/a is not a complete KeyId"),
        ("secretsmanager", "RotateSecret", {"SecretId": "a"}, "a is not a complete SecretId"),
        ("wafv2", "GetWebACL", {"Name": "a", "Id": "1", "Scope": "REGIONAL"}, "REGIONAL is not a complete Scope"),
        ("elbv2", "AddTags", {"ResourceArns": [BALANCER, arn("sns", "a")]}, "no parameter fits"),
        ("elbv2", "ModifyListener", {"ListenerArn": BALANCER}, "no parameter fits"),
        (
            "sqs",
            "StartMessageMoveTask",
            {"SourceArn": arn("sqs", "a"), "DestinationArn": arn("sqs", "b")},
            "several parameters fit",
        ),
        ("ecs", "UpdateService", {"service": "a", "serviceName": "b", "cluster": "c"}, "fit ServiceName"),
        ("s3", "GetObjectTagging", {"Bucket": "a", "Key": "b", "VersionId": "c"}, "other actions for versions"),
        (
            "lambda",
            "UpdateFunctionConfiguration",
            {"FunctionName": "a", "Role": "arn:aws:iam::111122223333:role/b"},
            "Role is a role, which may need iam:PassRole",
        ),
    ],
)
def test_a_call_that_does_not_fit_is_refused(
    service: str, operation: str, parameters: dict[str, Any], reason: str
) -> None:
    place = rf"{service}:{operation} is not in simulation/aws/iam/operations\.py: add it, because .*"
    with pytest.raises(UnmappedOperationError, match=place + reason):
        requests(service, operation, parameters)
