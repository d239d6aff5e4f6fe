"""Calls that are not in the table, decided against the policies of a role."""

import contextlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulation.aws.account import SimulatedAccount
from simulation.aws.iam.reference import UnmappedOperationError

ACCOUNT = "eu-west-1:111122223333"
QUEUE = {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"}
BALANCER = f"arn:aws:elasticloadbalancing:{ACCOUNT}:loadbalancer/app/web/50dc6c495c0c9188"
TOPIC = f"arn:aws:sns:{ACCOUNT}:alerts"

Parameters = dict[str, Any]


def allow(cloud: SimulatedAccount, action: str, resource: str, **condition: Any) -> None:
    statement = {"Sid": "Own", "Effect": "Allow", "Action": [action], "Resource": [resource], "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud.client("iam").put_role_policy(RoleName="fixer", PolicyName="Own", PolicyDocument=document)


@pytest.fixture
def role(cloud: SimulatedAccount) -> str:
    cloud.client("iam").create_role(RoleName="fixer", AssumeRolePolicyDocument='{"Statement": []}')
    return "fixer"


def call(cloud: SimulatedAccount, service: Any, operation: str, parameters: Parameters) -> None:
    getattr(cloud.guardian.session("fixer", "function").client(service, "eu-west-1"), operation)(**parameters)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action", "resource"),
    [
        ("sqs", "get_queue_attributes", QUEUE, "sqs:GetQueueAttributes", f"arn:aws:sqs:{ACCOUNT}:orders"),
        (
            "sqs",
            "set_queue_attributes",
            QUEUE | {"Attributes": {"SqsManagedSseEnabled": "true"}},
            "sqs:SetQueueAttributes",
            f"arn:aws:sqs:{ACCOUNT}:orders",
        ),
        ("ec2", "describe_volumes", {}, "ec2:DescribeVolumes", "*"),
        (
            "dynamodb",
            "update_continuous_backups",
            {"TableName": "orders", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
            "dynamodb:UpdateContinuousBackups",
            f"arn:aws:dynamodb:{ACCOUNT}:table/orders",
        ),
        (
            "logs",
            "put_retention_policy",
            {"logGroupName": "/aws/lambda/orders", "retentionInDays": 30},
            "logs:PutRetentionPolicy",
            f"arn:aws:logs:{ACCOUNT}:log-group:/aws/lambda/orders:*",
        ),
        (
            "sns",
            "set_topic_attributes",
            {"TopicArn": TOPIC, "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/aws/sns"},
            "sns:SetTopicAttributes",
            TOPIC,
        ),
        (
            "cloudtrail",
            "start_logging",
            {"Name": "audit"},
            "cloudtrail:StartLogging",
            f"arn:aws:cloudtrail:{ACCOUNT}:trail/audit",
        ),
        (
            "elbv2",
            "modify_load_balancer_attributes",
            {"LoadBalancerArn": BALANCER, "Attributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
            "elasticloadbalancing:ModifyLoadBalancerAttributes",
            BALANCER,
        ),
    ],
)
def test_only_the_policy_of_the_same_resource_allows_a_call(
    cloud: SimulatedAccount,
    role: str,
    service: str,
    operation: str,
    parameters: Parameters,
    action: str,
    resource: str,
) -> None:
    allow(cloud, action, resource)
    # The resource itself may be missing: what counts is the decision before the call.
    with contextlib.suppress(ClientError):
        call(cloud, service, operation, parameters)
    (use,) = cloud.guardian.uses
    assert (use.action, use.allowed, use.sid) == (action, True, "Own")

    allow(cloud, action, f"{resource.rstrip('*') or 'arn:aws:ec2:eu-west-1:111122223333:volume/vol-1'}-other")
    with pytest.raises(ClientError, match=f"not authorized to perform: {action} on resource"):
        call(cloud, service, operation, parameters)


def test_the_policy_of_a_key_is_decided_too(cloud: SimulatedAccount, role: str) -> None:
    denied = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "kms:EnableKeyRotation", "Resource": "*"}
    granted = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}
    kms = cloud.client("kms")
    for statements, rotated in (([granted], True), ([granted, denied], False)):
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        key = kms.create_key(Policy=policy)["KeyMetadata"]
        allow(cloud, "kms:EnableKeyRotation", key["Arn"])
        with contextlib.nullcontext() if rotated else pytest.raises(ClientError, match="resource-based policy"):
            call(cloud, "kms", "enable_key_rotation", {"KeyId": key["KeyId"]})
        assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] == rotated


def test_an_action_without_a_key_needs_no_key_policy(cloud: SimulatedAccount, role: str) -> None:
    with pytest.raises(ClientError, match="no identity-based policy allows the kms:ListKeys action"):
        call(cloud, "kms", "list_keys", {})
    allow(cloud, "kms:ListKeys", "*")
    call(cloud, "kms", "list_keys", {})


def test_a_condition_on_an_unknown_key_is_not_met(cloud: SimulatedAccount, role: str) -> None:
    allow(cloud, "sqs:GetQueueAttributes", "*", StringEquals={"aws:ResourceTag/Team": "ledger"})
    with pytest.raises(ClientError, match="no identity-based policy"):
        call(cloud, "sqs", "get_queue_attributes", QUEUE)


def test_a_call_that_cannot_be_derived_is_not_sent(cloud: SimulatedAccount, role: str) -> None:
    allow(cloud, "*", "*")
    bucket = {"Bucket": "new", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    cloud.client("s3").create_bucket(**bucket)
    blocked: Parameters = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}
    with pytest.raises(UnmappedOperationError, match="IAM has no action s3:PutPublicAccessBlock"):
        call(cloud, "s3", "put_public_access_block", {"Bucket": "new"} | blocked)
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        cloud.client("s3").get_public_access_block(Bucket="new")
