import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulation.aws.account import SimulatedAccount
from simulation.aws.mocked import IMAGE

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
REPORTS = "arn:aws:s3:::reports/reports/*"


@pytest.fixture
def role(cloud: SimulatedAccount) -> str:
    cloud.client("iam").create_role(RoleName="writer", AssumeRolePolicyDocument=TRUST)
    cloud.client("s3").create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    allow(cloud, "s3:PutObject", REPORTS)
    return "writer"


def allow(cloud: SimulatedAccount, action: str, resource: str, **condition: Any) -> None:
    statement = {"Sid": "Write", "Effect": "Allow", "Action": [action], "Resource": [resource]}
    document = {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}
    cloud.client("iam").put_role_policy(RoleName="writer", PolicyName="Write", PolicyDocument=json.dumps(document))


def put(cloud: SimulatedAccount, role: str, key: str) -> None:
    cloud.guardian.session(role, "function").client("s3", "eu-west-1").put_object(Bucket="reports", Key=key, Body=b"x")


def test_matching_arn_is_allowed_and_its_use_recorded(cloud: SimulatedAccount, role: str) -> None:
    put(cloud, role, "reports/a")
    (use,) = cloud.guardian.uses
    assert (use.role, use.action, use.resource, use.allowed, use.sid) == (
        "writer",
        "s3:PutObject",
        "arn:aws:s3:::reports/reports/a",
        True,
        "Write",
    )


def test_other_arn_is_denied_with_the_message_of_aws(cloud: SimulatedAccount, role: str) -> None:
    with pytest.raises(ClientError) as refused:
        put(cloud, role, "audit/a")
    assert refused.value.response["Error"] == {
        "Code": "AccessDenied",
        "Message": "User: arn:aws:sts::111122223333:assumed-role/writer/function is not authorized to perform: "
        "s3:PutObject on resource: arn:aws:s3:::reports/audit/a because no identity-based policy allows the "
        "s3:PutObject action",
    }
    assert "Contents" not in cloud.client("s3").list_objects_v2(Bucket="reports")


def test_changed_policy_is_in_force_at_once(cloud: SimulatedAccount, role: str) -> None:
    put(cloud, role, "reports/a")
    allow(cloud, "s3:PutObject", "arn:aws:s3:::reports/audit/*")
    with pytest.raises(ClientError):
        put(cloud, role, "reports/b")


def test_key_is_denied_if_only_another_service_may_use_it(cloud: SimulatedAccount, role: str) -> None:
    key = str(cloud.client("kms").create_key()["KeyMetadata"]["Arn"])
    allow(cloud, "kms:Decrypt", key, StringEquals={"kms:ViaService": "s3.eu-west-1.amazonaws.com"})
    with pytest.raises(ClientError, match="kms:Decrypt"):
        cloud.guardian.authorize_variables(role, "function", key)
    allow(cloud, "kms:Decrypt", key, StringEquals={"kms:ViaService": "lambda.eu-west-1.amazonaws.com"})
    cloud.guardian.authorize_variables(role, "function", key)


def test_administrators_are_not_checked(cloud: SimulatedAccount, role: str) -> None:
    cloud.client("s3").put_object(Bucket="reports", Key="anything", Body=b"x")
    assert cloud.guardian.uses == []


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("ec2", "stop_instances", "UnauthorizedOperation", 403),
        ("rds", "describe_db_instances", "AccessDenied", 403),
        ("ssm", "get_parameter", "AccessDeniedException", 400),
    ],
)
def test_each_service_has_its_own_error_code(
    cloud: SimulatedAccount, role: str, service: Any, operation: str, code: str, status: int
) -> None:
    client = cloud.guardian.session(role, "function").client(service, "eu-west-1")
    parameters: dict[str, dict[str, Any]] = {"ec2": {"InstanceIds": ["i-1"]}, "ssm": {"Name": "a"}}
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**parameters.get(service, {}))
    answer = refused.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


def test_permission_may_be_limited_to_a_role_and_tagged_instances(cloud: SimulatedAccount, role: str) -> None:
    ec2 = cloud.client("ec2")
    (instance,) = ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1)["Instances"]
    identity = instance["InstanceId"]
    allow(
        cloud,
        "ec2:StopInstances",
        "arn:aws:ec2:eu-west-1:111122223333:instance/*",
        StringEquals={"aws:ResourceTag/Stop": "yes"},
        ArnEquals={"aws:PrincipalArn": "arn:aws:iam::111122223333:role/writer"},
    )
    client = cloud.guardian.session(role, "function").client("ec2", "eu-west-1")
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        client.stop_instances(InstanceIds=[identity])
    ec2.create_tags(Resources=[identity], Tags=[{"Key": "Stop", "Value": "yes"}])
    client.stop_instances(InstanceIds=[identity])
